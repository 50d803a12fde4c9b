using Firely.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Specification.Source;
using Hl7.Fhir.Specification.Terminology;
using Xunit;

namespace Mina.Host.Tests.Monitor.Outputs;

/// <summary>Checks resources as another program would: Firely's parser, and its validator with HL7's own definitions of FHIR R4, without a network.</summary>
internal static class FhirCheck
{
    private static readonly Lazy<Validator> Rules = new(() =>
    {
        var definitions = new CachedResolver(ZipSource.CreateValidationSource());
        return new Validator(definitions, LocalTerminologyService.CreateDefaultForCore(definitions));
    });

    private static readonly FhirJsonDeserializer Reader = new();

    /// <summary>Reads a resource, in which nothing may be wrong.</summary>
    public static T Read<T>(string json)
        where T : Resource
    {
        var resource = Reader.DeserializeResource(json);
        lock (Rules)
        {
            var faults = Rules.Value.Validate(resource).Issue
                .Where(issue => issue.Severity is OperationOutcome.IssueSeverity.Error or OperationOutcome.IssueSeverity.Fatal)
                .Select(issue => $"{string.Join(", ", issue.Expression)}: {issue.Details?.Text}");
            Assert.Empty(faults);
        }

        return Assert.IsType<T>(resource);
    }
}
