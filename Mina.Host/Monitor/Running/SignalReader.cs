using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// Reads the ECG of streams: what is recent from the streams' values in memory, what is older from the log. A window is explained from the
/// same samples, cut again the way they were cut live, so that the explanation belongs to the verdict that was given.
/// </summary>
/// <param name="shell">Holds the streams' values.</param>
/// <param name="kept">The samples that the log keeps; null: there is no log.</param>
/// <param name="cutting">How streams are cut.</param>
/// <param name="classifier">Explains windows.</param>
internal sealed class SignalReader(
    StreamShell<StreamValue, StreamEvent, StreamOutput> shell, KeptSamples? kept, CutterOptions cutting, Classifier classifier)
{
    // How far past a window's start the log is read to cut the window again.
    private static readonly TimeSpan TwoWindows = TimeSpan.FromSeconds(20);

    /// <summary>The samples between two times at 300 Hz, as far as they are in memory.</summary>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, samples) = shell.Find(stream)?.Cutter.Trace(from, to) ?? (from, []);
        return new TraceSlice(first, Shapes.Fs, samples);
    }

    /// <summary>The samples between two times at 300 Hz, from memory or, where they are older, from the log.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    public async Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var session = shell.Find(stream)?.Cutter.Session;
        if (kept is null || (session is not null && from >= session.TimeOf(session.Samples.First)))
            return Trace(stream, from, to);
        var (first, samples) = (await CutAsync(kept, stream, from, to, cancel).ConfigureAwait(false)).Trace(from, to);
        return new TraceSlice(first, Shapes.Fs, samples);
    }

    /// <summary>The samples between two times as they arrived, in stretches without a gap, in order; without a log, those in memory at 300 Hz.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    public async Task<IReadOnlyList<SampleStretch>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        if (kept is null)
            return Trace(stream, from, to) is { Millivolts.Length: > 0 } trace ? [new SampleStretch(trace.From, trace.Fs, trace.Millivolts)] : [];
        try
        {
            return await kept.ReadAsync(stream, from, to, cancel).ConfigureAwait(false);
        }
        catch (ChunkLogException e)
        {
            throw new StoreException(e.Message, e);
        }
    }

    /// <summary>What the network looked at in the window that starts at a time; null where its samples are gone or it is unclassifiable.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    public async Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel)
    {
        var tools = new CutterTools(cutting);
        var rows = shell.Find(stream)?.Cutter.Segment(windowStart, tools);
        if (rows is null && kept is not null)
            rows = (await CutAsync(kept, stream, windowStart, windowStart + TwoWindows, cancel).ConfigureAwait(false)).Segment(windowStart, tools);
        return rows is null ? null : SegmentAttention.Explain(classifier, rows, windowStart);
    }

    private static async Task<StreamCutter> CutAsync(
        KeptSamples kept, string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        try
        {
            return await kept.CutAsync(stream, from, to, cancel).ConfigureAwait(false);
        }
        catch (ChunkLogException e)
        {
            throw new StoreException(e.Message, e);
        }
    }
}
