using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>
/// MATLAB files of level 5 without a WFDB header beside them: a matrix <c>val</c>, <c>data</c>, <c>ecg</c> or <c>signal</c> with a lead a row (or a
/// column), as it is or as a field of a structure <c>ECG</c>, as CPSC 2018 has it.
/// </summary>
internal sealed class MatlabFormat : IRecordingFormat
{
    private const int MaxLeads = 64;
    private const double Cpsc2018Fs = 500;

    private static readonly string[] Signals = ["val", "data", "ecg", "signal", "signals", "sig", "x", "y"];
    private static readonly string[] Frequencies =
        ["fs", "freq", "frequency", "sampling_rate", "samplingrate", "samplerate", "sample_rate", "sampling_frequency", "samplingfrequency", "sfreq", "sr"];

    private static readonly string[] TwelveLeads = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];

    /// <inheritdoc/>
    public string Files => "MATLAB files (.mat)";

    /// <inheritdoc/>
    public string MainFile => "a MATLAB file (.mat)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".mat"];

    /// <inheritdoc/>
    public int SignatureBytes => MatlabFile.HeaderBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => MatlabFile.HasSignature(start);

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        IReadOnlyList<MatlabValue> variables;
        using (var file = new ForwardBytes(files.OpenRead(null, out var bytes)))
        {
            var start = file.Read(0, (int)Math.Min(bytes, MatlabFile.HeaderBytes));
            if (MatlabFile.IsHdf5(start))
            {
                return files.Reject(
                    RejectionReason.UnreadableHeader, $"{files.Location} is a MATLAB file of version 7.3 (HDF5), which is not read: save it with -v7");
            }

            // Of level 4 are the signal files of WFDB, which say nothing without their header.
            if (!MatlabFile.HasSignature(start))
                return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} has no header: put {files.NameWith(".hea")} beside it");
            variables = MatlabFile.Find(file, bytes);
        }

        if (SignalIn(variables, out var owner) is not { Numbers: { } numbers } signal)
        {
            var names = string.Join(", ", variables.Take(10).Select(variable => Quote.Short(variable.Name)));
            var found = names.Length > 0 ? $"its variables are {names}" : "it has no variable that can be read";
            return files.Reject(
                RejectionReason.UnreadableSignal, $"{files.Location} has no matrix 'val', 'data', 'ecg' or 'signal' of numbers: {found}");
        }

        if ((FsOf(owner, variables, signal) ?? options.Fs) is not { } fs)
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} does not say its sampling frequency: give it with --fs");
        var isByRow = signal.Rows <= signal.Columns;
        var (leads, length) = isByRow ? (signal.Rows, signal.Columns) : (signal.Columns, signal.Rows);
        if (leads is 0 or > MaxLeads)
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} has {leads} leads of {length} samples, and 1 to {MaxLeads} are read");
        var unit = signal.IsInteger ? "" : "mV";
        string[] names12 = leads == 12 ? TwelveLeads : [.. Enumerable.Range(0, leads).Select(_ => "")];
        if (!LeadChoice.TryChoose([.. names12.Select(name => (name, unit))], options.Lead, out var index, out var error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        var (place, stride) = isByRow ? (index, leads) : ((long)index * length, 1);
        var again = new ForwardBytes(files.OpenRead(null, out var size));
        return new MatlabRecordingReader(numbers, place, stride, again, size)
        {
            Leads = [.. names12.Select(name => new RecordingLead(name, unit, fs))],
            LeadIndex = index,
            Length = length,
        };
    }

    /// <summary>The matrix of samples, and the structure that it is a field of.</summary>
    private static MatlabValue? SignalIn(IReadOnlyList<MatlabValue> variables, out MatlabValue? structure)
    {
        structure = null;
        foreach (var name in Signals)
        {
            if (variables.FirstOrDefault(variable => IsSignal(variable, name)) is { } found) return found;
        }

        foreach (var one in variables.Where(variable => variable.Fields.Count > 0))
        {
            foreach (var name in Signals)
            {
                structure = one;
                if (one.Fields.FirstOrDefault(field => IsSignal(field, name)) is { } found) return found;
            }
        }

        return null;
    }

    private static bool IsSignal(MatlabValue value, string name) =>
        value.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && value.Numbers is { Count: > 1 };

    private static double? FsOf(MatlabValue? structure, IReadOnlyList<MatlabValue> variables, MatlabValue signal)
    {
        foreach (var value in (structure?.Fields ?? []).Concat(variables).Where(value => value.Numbers is { Count: 1 }))
        {
            if (Frequencies.Contains(value.Name.ToLowerInvariant()) && value.Numbers!.First is var fs && fs > 0 && double.IsFinite(fs)) return fs;
        }

        // CPSC 2018's files do not say it: all of them are twelve leads at 500 Hz.
        string[] fields = ["sex", "age", "data"];
        return structure is { Name: "ECG" } && fields.All(name => name == "sex" || structure.Fields.Any(field => field.Name == name))
            && Math.Min(signal.Rows, signal.Columns) == 12
                ? Cpsc2018Fs
                : null;
    }
}
