using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>One signal line of a WFDB header.</summary>
/// <param name="FileName">The signal file, beside the header or in a folder below it.</param>
/// <param name="Format">Storage format: 16, 212, ...</param>
/// <param name="Description">The lead's name; empty when left out.</param>
public sealed record WfdbSignalSpec(string FileName, int Format, string Description)
{
    /// <summary>Gain where the header leaves it out or says 0 ("uncalibrated").</summary>
    public const double DefaultGain = 200;

    private const int MaxSamplesPerFrame = 10_000;

    // Headers come from anywhere: the time that matching takes is linear in their length.
    private static readonly Regex FormatField = new(
        @"^(?<format>\d+)(?:x(?<samples>\d+))?(?::(?<skew>\d+))?(?:\+(?<offset>\d+))?$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex GainField = new(
        @"^(?<gain>[-+0-9.eE]+)(?:\((?<baseline>[-+0-9.eE]+)\))?(?:/(?<units>\S+))?$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Samples of this signal in a frame, 1 to 10,000: its own sampling frequency is fs times this.</summary>
    public int SamplesPerFrame { get; init; } = 1;

    /// <summary>Frames of this signal that come before frame 0.</summary>
    public int Skew { get; init; }

    /// <summary>Bytes of the file before the first sample.</summary>
    public long ByteOffset { get; init; }

    /// <summary>ADC units per physical unit, not 0.</summary>
    public double Gain { get; init; } = DefaultGain;

    /// <summary>ADC value of 0 physical units.</summary>
    public double Baseline { get; init; }

    /// <summary>ADC value before the first difference of storage format 8; no other format needs it.</summary>
    public double Initial { get; init; }

    /// <summary>Physical units; mV when left out.</summary>
    public string Units { get; init; } = "mV";

    /// <summary>The unit in mV (mV 1, uV 0.001, V 1000); 1 for a unit that is not a voltage.</summary>
    public double UnitInMillivolt => Units.ToMillivolt() ?? 1;

    /// <summary>ADC units per mV.</summary>
    internal double StepsPerMillivolt => Gain * (1 / UnitInMillivolt);

    /// <summary>
    /// Reads a signal line:
    /// <c>file format[xN][:skew][+offset] [gain[(baseline)][/units] [bits [zero [initial [sum [block [description]]]]]]]</c>.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="signal">What the line says.</param>
    /// <param name="error">What is wrong, as the rest of a sentence that begins with the line's number.</param>
    /// <remarks>
    /// The checksum is not looked at, and the initial value only by format 8: both are wrong in hundreds of headers of CinC 2017.
    /// </remarks>
    public static bool TryParse(string line, [NotNullWhen(true)] out WfdbSignalSpec? signal, [NotNullWhen(false)] out string? error)
    {
        signal = null;
        var fields = line.Split((char[]?)null, 9, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length < 2 || FormatField.Match(fields[1]) is not { Success: true } format)
        {
            error = $"should read 'file format gain ...', but reads '{Quote.Short(line)}'";
            return false;
        }

        if (!RelativeName.IsInside(fields[0]))
        {
            error = $"names the signal file '{Quote.Short(fields[0])}', which should be a file beside the header";
            return false;
        }

        if (!IntOf(format.Groups["format"], 0, out var number) || !IntOf(format.Groups["samples"], 1, out var perFrame)
            || !IntOf(format.Groups["skew"], 0, out var skew) || !IntOf(format.Groups["offset"], 0, out var offset) || perFrame is < 1 or > MaxSamplesPerFrame)
        {
            error = $"gives '{Quote.Short(fields[1])}' as the format, where a number is out of range";
            return false;
        }

        var zero = 0.0;
        if (fields.Length > 4 && !Numbers.TryDouble(fields[4], out zero))
        {
            error = $"gives '{Quote.Short(fields[4])}' as the ADC zero, which should be a number";
            return false;
        }

        var gain = DefaultGain;
        var baseline = zero;
        var units = "mV";
        if (fields.Length > 2)
        {
            var match = GainField.Match(fields[2]);
            if (!match.Success || !Numbers.TryDouble(match.Groups["gain"].Value, out gain)
                || (match.Groups["baseline"].Success && !Numbers.TryDouble(match.Groups["baseline"].Value, out baseline)))
            {
                error = $"gives '{Quote.Short(fields[2])}' as the gain, which should read like '200', '200/mV' or '200(1024)/mV'";
                return false;
            }

            if (gain == 0) gain = DefaultGain;
            if (match.Groups["units"].Success) units = PlainText.Clean(match.Groups["units"].Value);
        }

        signal = new WfdbSignalSpec(fields[0], number, fields.Length > 8 ? PlainText.Clean(fields[8]) : "")
        {
            SamplesPerFrame = perFrame,
            Skew = skew,
            ByteOffset = offset,
            Gain = gain,
            Baseline = baseline,
            Units = units,
            Initial = fields.Length > 5 && Numbers.TryDouble(fields[5], out var initial) ? initial : zero,
        };
        error = null;
        return true;
    }

    private static bool IntOf(Group group, int otherwise, out int value)
    {
        value = otherwise;
        return !group.Success || Numbers.TryInt(group.Value, out value);
    }
}
