using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Which channel is taken, by names and units as databases and recorders write them.</summary>
public class LeadChoiceTests
{
    [Theory]
    [InlineData("C3:mV,ECG1:uV,ECG2:uV", "ECG1")]
    [InlineData("EEG1:mV,EKG:mV,EKG_Off:mV", "EKG")]
    [InlineData("EEG C4-A1:uV,ECG I:mV", "ECG I")]
    [InlineData("EEG Fpz-Cz:uV,EOG:uV,ECG:uV", "ECG")]
    [InlineData("SaO2:%,H.R.:bpm,EEG(sec):uV,ECG:mV,EMG:uV,THOR RES:mV", "ECG")]
    [InlineData("C4:uV,LOC:uV,ROC:uV,ECG L:uV,L Leg:uV", "ECG L")]
    [InlineData("EEG EKG1-REF:uV,EEG FP1-REF:uV", "EEG EKG1-REF")]
    [InlineData("RESP:mV,PLETH:mV,II:mV", "II")]
    [InlineData("ABP:mmHg,II+:mV,V:mV", "II+")]
    [InlineData("ECG Resp:mV,V5:mV", "V5")]
    [InlineData("HR:bpm,MCL1:mV", "MCL1")]
    [InlineData("aVR:mV,V2:mV", "V2")]
    [InlineData("V1:mV,MLII:mV", "MLII")]
    [InlineData("MDC_ECG_LEAD_V1:uV,MDC_ECG_LEAD_II:uV", "MDC_ECG_LEAD_II")]
    [InlineData("Lead II:uV,Lead I:uV", "Lead I")]
    [InlineData("ecg_ii:mV,ppg:mV", "ecg_ii")]
    [InlineData("vx:mV,ii:mV,i:mV", "i")]
    [InlineData("acc_x:g,chest_ECG:mV", "chest_ECG")]
    [InlineData("D3:mV,D4:mV", "D3")]
    [InlineData("E-S:mV,A-S:mV", "E-S")]
    [InlineData("ABP:mmHg,odd:mV", "odd")]
    [InlineData(":mV,:mV", "")]
    [InlineData("x:adu", "x")]
    public void An_ecg_is_taken_by_any_name_that_the_world_gives_it(string channels, string expected)
    {
        var leads = Parse(channels);
        Assert.True(LeadChoice.TryChoose(leads, null, out var index, out var error), error);
        Assert.Equal(expected, leads[index].Name);
    }

    [Theory]
    [InlineData("EEG Fpz-Cz:uV")]
    [InlineData("C3:mV,O1:mV,EOG:mV")]
    [InlineData("C3-A2:uV,odd:uV")]
    [InlineData("RESP:mV")]
    [InlineData("PLETH:mV,ABP:mmHg")]
    [InlineData("HR:bpm,SpO2:%")]
    [InlineData("Chin1:uV,Leg:uV")]
    [InlineData("ECG HR:bpm")]
    [InlineData("a:NU,b:NU")]
    public void Nothing_else_is_ever_taken_for_one(string channels)
    {
        Assert.False(LeadChoice.TryChoose(Parse(channels), null, out _, out var error));
        Assert.StartsWith("has no channel that is known to be an ECG: its channels are 0: ", error, StringComparison.Ordinal);
        Assert.EndsWith("; if one of them is an ECG, name it with --lead", error, StringComparison.Ordinal);
        // The user knows better.
        Assert.True(LeadChoice.TryChoose(Parse(channels), "0", out _, out _));
    }

    [Theory]
    [InlineData("II", "ECG Lead II")]
    [InlineData("ecg v5", "V5")]
    [InlineData("MDC_ECG_LEAD_V5", "V5")]
    [InlineData("avf", "MDC_ECG_LEAD_AVF")]
    [InlineData("lead 2", "ECG Lead II")]
    public void A_lead_is_found_by_its_bare_name_and_by_its_long_one(string wanted, string expected)
    {
        var leads = Parse("ECG Lead II:mV,V5:mV,MDC_ECG_LEAD_AVF:mV");
        Assert.True(LeadChoice.TryChoose(leads, wanted, out var index, out var error), error);
        Assert.Equal(expected, leads[index].Name);
    }

    [SkippableTheory]
    [InlineData("cfs", "ECG1", "uV")]
    [InlineData("mesa", "EKG", "mV")]
    [InlineData("shhs", "ECG I", "mV")]
    [InlineData("psg", "ECG I", "uV")]
    public void The_recordings_of_sleep_laboratories_give_their_ecg(string id, string lead, string unit)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cases", "10-ecg-lead-by-other-names", "in"));
        var recording = folder.Entries.Single(entry => entry.Id == id).Read(new ReadOptions()).Recording!;
        Assert.Equal((lead, unit), (recording.Lead, recording.Unit));
        Assert.EndsWith(id == "psg" ? "psg.csv" : $"{id}.hea", recording.Source, StringComparison.Ordinal);
    }

    private static List<(string Name, string Unit)> Parse(string channels) =>
        [.. channels.Split(',').Select(channel => (channel[..channel.LastIndexOf(':')], channel[(channel.LastIndexOf(':') + 1)..]))];
}
