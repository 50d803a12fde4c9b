using System.Globalization;
using FsCheck.Xunit;
using Hl7.Fhir.Model;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Store;
using Xunit;

// Whatever a resource lacks fails its test, and nothing else.
#nullable disable warnings

namespace Mina.Host.Tests.Monitor.Outputs;

/// <summary>Episodes as FHIR resources, read by another program.</summary>
public sealed class FhirResourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly FhirMethod Method = new("1.2.3", "FreqNet", "abc123", true);

    [Fact]
    public void An_episode_is_an_Observation_of_the_rhythm_with_its_figures_as_components_and_its_ECG_contained()
    {
        var found = FhirCheck.Read<Observation>(FhirJson.Write(new FhirWriter(Method, new FhirOptions()).WriteAlone(Episode())));
        Assert.Equal(ObservationStatus.Final, found.Status);
        Assert.Equal(("http://loinc.org", "8884-9"), Code(found.Code));
        Assert.Equal(("http://snomed.info/sct", "49436004"), Code((CodeableConcept)found.Value));
        Assert.Equal(("urn:x-mina:stream", "bed-7"), (found.Device.Identifier.System, found.Device.Identifier.Value));
        Assert.Equal("bed-7", found.Subject.Identifier.Value);
        Assert.Equal("bed-7~20260101T120000000000Z", found.Identifier.Single().Value);
        var components = found.Component.ToDictionary(component => component.Code.Coding[0].Code, component => component.Value);
        Assert.Equal((90m, "s"), Amount(components["duration"]));
        Assert.Equal((0.9m, "1"), Amount(components["probability"]));
        Assert.Equal((12.5m, "%"), Amount(components["burden"]));
        Assert.Equal("FreqNet", ((FhirString)components["method"]).Value);
        Assert.Equal("abc123", ((FhirString)components["model-version"]).Value);
        Assert.Equal("1.2.3", ((FhirString)components["software-version"]).Value);
        Assert.Equal(found.Contained.Select(strip => $"#{strip.Id}"), found.DerivedFrom.Select(strip => strip.Reference));
        Assert.Equal(3, found.Contained.Count);
    }

    [Fact]
    public void An_open_episode_is_preliminary_and_has_no_end_and_a_burden_that_is_not_known_says_so()
    {
        var open = Episode() with { Burden = null, Strips = [] };
        open = open with { Episode = open.Episode with { Open = true } };
        var found = FhirCheck.Read<Observation>(FhirJson.Write(new FhirWriter(Method with { ModelSha256 = "" }, new FhirOptions()).WriteAlone(open)));
        Assert.Equal(ObservationStatus.Preliminary, found.Status);
        Assert.Null(((Period)found.Effective).End);
        Assert.Empty(found.DerivedFrom);
        var burden = found.Component.Single(component => component.Code.Coding[0].Code == "burden");
        Assert.Null(burden.Value);
        Assert.NotNull(burden.DataAbsentReason);
        Assert.DoesNotContain(found.Component, component => component.Code.Coding[0].Code == "model-version");
    }

    [Fact]
    public void A_stream_named_by_its_patient_is_of_that_patient()
    {
        var options = new FhirOptions { SubjectSystem = "https://hospital.example/patients", DeviceSystem = "urn:oid:1.2.3" };
        var found = FhirCheck.Read<Observation>(FhirJson.Write(new FhirWriter(Method, options).WriteAlone(Episode())));
        Assert.Equal(("Patient", "https://hospital.example/patients", "bed-7"),
            (found.Subject.Type, found.Subject.Identifier.System, found.Subject.Identifier.Value));
        Assert.Equal("urn:oid:1.2.3", found.Device.Identifier.System);
    }

    [Fact]
    public void A_transaction_puts_the_episode_and_each_stretch_of_its_strips_by_ids_that_never_change()
    {
        var writer = new FhirWriter(Method, new FhirOptions());
        var bundle = FhirCheck.Read<Bundle>(FhirJson.Write(writer.WriteTransaction(Episode())));
        Assert.Equal(Bundle.BundleType.Transaction, bundle.Type);
        Assert.All(bundle.Entry, entry => Assert.Equal((Bundle.HTTPVerb.PUT, $"Observation/{entry.Resource.Id}"), (entry.Request.Method, entry.Request.Url)));
        var finding = (Observation)bundle.Entry[^1].Resource;
        Assert.Equal(bundle.Entry.Take(3).Select(entry => entry.FullUrl), finding.DerivedFrom.Select(strip => strip.Reference));
        Assert.Equal(4, bundle.Entry.Select(entry => entry.FullUrl).Distinct().Count());

        var open = Episode() with { Burden = null };
        var before = FhirCheck.Read<Bundle>(FhirJson.Write(writer.WriteTransaction(open with { Episode = open.Episode with { Open = true } })));
        Assert.Equal(bundle.Entry.Select(entry => entry.Resource.Id), before.Entry.Select(entry => entry.Resource.Id));
    }

    [Theory]
    [InlineData("code")]
    [InlineData("status")]
    [InlineData("derivedFrom")] // What is contained has to be referred to.
    public void The_check_finds_what_is_missing(string element)
    {
        var broken = new FhirWriter(Method, new FhirOptions()).WriteAlone(Episode());
        broken.Remove(element);
        Assert.ThrowsAny<Exception>(() => FhirCheck.Read<Observation>(FhirJson.Write(broken)));
    }

    [Fact]
    public void An_outcome_is_an_OperationOutcome() =>
        Assert.Equal("no", FhirCheck.Read<OperationOutcome>(FhirJson.Write(FhirJson.Outcome("not-found", "no"))).Issue.Single().Diagnostics);

    [Fact]
    public void A_strip_says_when_it_was_and_where_a_sample_is_missing()
    {
        var bundle = FhirCheck.Read<Bundle>(FhirJson.Write(new FhirWriter(Method, new FhirOptions()).WriteTransaction(Episode())));
        var strip = (Observation)bundle.Entry[0].Resource;
        var data = (SampledData)strip.Value;
        Assert.Equal("0 500 -250 E 1000", data.Data);
        Assert.Equal(4, data.PeriodElement.Value);
        Assert.Equal((0m, "mV", 0.001m), (data.Origin.Value, data.Origin.Code, data.Factor));
        Assert.Null(data.LowerLimit);
        Assert.Equal(("2026-01-01T11:59:30.000Z", "2026-01-01T11:59:30.020Z"), (((Period)strip.Effective).Start, ((Period)strip.Effective).End));
        Assert.Equal(("urn:oid:2.16.840.1.113883.6.24", "131328"), Code(strip.Code));
    }

    [Property]
    public void What_is_read_from_a_strip_are_the_samples_to_half_a_microvolt_at_their_times(short[] counts, byte step)
    {
        var (fs, samples) = (60.0 + step, counts.Append((short)0).Select(count => count / 317f).ToArray());
        var strip = new FhirStrip("a", StripKinds.Onset, new SampleStretch(Start, fs, samples));
        var data = strip.ToJson(new FhirSubject("bed", new FhirOptions()))["valueSampledData"]!;
        var read = ((string)data["data"]!).Split(' ').Select(count => double.Parse(count, CultureInfo.InvariantCulture) * (double)data["factor"]!).ToArray();
        Assert.Equal(samples.Length, read.Length);
        Assert.All(samples.Zip(read), pair => Assert.Equal(pair.First, pair.Second, 0.000501));
        Assert.Equal(samples.Length / fs, samples.Length * (double)data["period"]! / 1000, 6);
    }

    private static (string System, string Code) Code(CodeableConcept concept) => (concept.Coding[0].System, concept.Coding[0].Code);

    private static (decimal? Value, string Unit) Amount(DataType value) => (((Quantity)value).Value, ((Quantity)value).Code);

    private static FhirEpisode Episode() => new(
        new EpisodeStatus("bed-7", Start, Start.AddSeconds(90), false, 0.9),
        0.125,
        [
            new Strip("bed-7", Start, StripKinds.Onset,
            [
                new SampleStretch(Start.AddSeconds(-30), 250, [0, 0.5f, -0.25f, float.NaN, 1]),
                new SampleStretch(Start.AddSeconds(10), 360, [0.1f, 0.2f]),
            ]),
            new Strip("bed-7", Start, StripKinds.End, [new SampleStretch(Start.AddSeconds(60), 250, [0.1f])]),
        ]);
}
