using System.Text;
using Mina.Host.Classification;
using Mina.Model;
using Mina.Preprocess;
using Spectre.Console;
using Xunit;

namespace Mina.Host.Tests.Classification;

/// <summary>The output of <c>classify</c>.</summary>
public sealed class ClassificationOutputTests
{
    private static readonly ClassifiedRecording Strip = new(
        "A,1",
        300,
        lead: "II",
        unit: "uV",
        source: "raw/A,1.hea",
        10 / 3.0,
        isLong: false,
        [new Verdict(0, 0.75, WindowFault.None), new Verdict(5 / 3.0, null, WindowFault.Gap)],
        beats: [],
        0.5,
        [new Episode(0, 5 / 3.0, 5 / 3.0, 0.75)],
        0.75,
        Finding.AF,
        1,
        5 / 3.0,
        rhythm: null);

    private static readonly ClassifiedRecording Unclassifiable = new(
        "=1+1",
        250,
        lead: "",
        unit: "mV",
        source: "",
        20,
        isLong: false,
        [new Verdict(0, null, WindowFault.LeadOff)],
        beats: [],
        0.5,
        [],
        null,
        Finding.Unclassifiable,
        null,
        20,
        rhythm: null);

    [Fact]
    public void Json_is_one_object_for_one_recording()
    {
        Assert.Equal(
            """
            {
              "recording": "A,1",
              "source": "raw/A,1.hea",
              "lead": "II",
              "unit": "uV",
              "fs": 300,
              "duration_s": 3.3333,
              "windows": [
                {
                  "start_s": 0,
                  "probability": 0.75,
                  "verdict": "af"
                },
                {
                  "start_s": 1.6667,
                  "probability": null,
                  "verdict": "unclassifiable"
                }
              ],
              "episodes": [
                {
                  "start_s": 0,
                  "end_s": 1.6667,
                  "mean_probability": 0.75
                }
              ],
              "burden": 1,
              "verdict": "af",
              "probability": 0.75
            }

            """,
            Json([Strip], asArray: false));
    }

    [Fact]
    public void Json_is_an_array_for_several_recordings_and_for_none_of_several()
    {
        var both = Json([Strip, Unclassifiable], asArray: true);
        Assert.StartsWith("[\n  {\n    \"recording\": \"A,1\"", both, StringComparison.Ordinal);
        Assert.EndsWith("\"burden\": null,\n    \"verdict\": \"unclassifiable\",\n    \"probability\": null\n  }\n]\n", both, StringComparison.Ordinal);
        Assert.Equal("[]\n", Json([], asArray: true));
    }

    [Fact]
    public void Csv_has_a_line_a_window_and_no_cell_that_a_spreadsheet_would_run()
    {
        using var output = new StringWriter();
        ClassificationCsv.Write([Strip, Unclassifiable], output);
        Assert.Equal(
            "recording,start_s,probability,verdict\n\"A,1\",0,0.7500,af\n\"A,1\",1.667,,unclassifiable\n\"'=1+1\",0,,unclassifiable\n", output.ToString());
    }

    [Fact]
    public void The_table_of_a_short_recording_shows_windows_and_of_a_long_one_episodes()
    {
        Assert.Contains("unclassifiable", Table(Strip), StringComparison.Ordinal);
        Assert.DoesNotContain("AF from", Table(Strip), StringComparison.Ordinal);
        Assert.Contains("A,1: AF (probability 0.750), 1 episode of AF, burden 100.0 %, 50.0 % unclassifiable, 3.3 s at 300 Hz", Table(Strip),
            StringComparison.Ordinal);

        var recording = new Recording("long", 300, [.. Enumerable.Range(0, 70 * 300).Select(t => (float)(Math.Sin(t / 7.0) + Math.Sin(t / 31.0)))]);
        var text = Table(UntrainedModel.Detector(0.001).Classify(recording));
        Assert.Contains("AF from", text, StringComparison.Ordinal);
        Assert.DoesNotContain("start (s)", text, StringComparison.Ordinal);
    }

    private static string Json(ClassifiedRecording[] recordings, bool asArray)
    {
        using var stream = new MemoryStream();
        ClassificationJson.Write(recordings, asArray, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Table(ClassifiedRecording recording)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 160;
        ClassificationTable.Print(recording, console);
        return writer.ToString();
    }
}
