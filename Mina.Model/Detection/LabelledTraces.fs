namespace Mina.Model

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// A labelled window's original channel, from which its segment can be made again.
type LabelledTrace = {
    Key: WindowKey
    /// The label of its recording; null where only the class is known.
    Label: Nullable<Label>
    /// The class: 1 is AF, 0 is not AF.
    Class: int
    /// (3000): the samples at 300 Hz, in standard deviations of the recording.
    Trace: float32[]
}

/// Picks windows out of batches.
[<RequireQualifiedAccess>]
module LabelledTraces =
    /// Channel 0 of X, (4, B, 3000), which holds the original trace of a row.
    let internal traceOf (batch: SegmentBatch) (row: int) : ReadOnlySpan<float32> =
        ReadOnlySpan(batch.X, row * Shapes.Window, Shapes.Window)

    /// <summary>Reads batches until all wanted windows are found.</summary>
    /// <param name="batches">Segments, in any order.</param>
    /// <param name="wanted">The windows to find; one that does not occur is left out.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The windows in the order in which they were read.</returns>
    [<CompiledName("Find")>]
    let find
        (batches: SegmentBatch seq)
        (wanted: IReadOnlySet<WindowKey>)
        (cancel: CancellationToken)
        : IReadOnlyList<LabelledTrace> =
        let found = ResizeArray()
        use source = batches.GetEnumerator()

        while found.Count < wanted.Count && source.MoveNext() do
            cancel.ThrowIfCancellationRequested()
            let batch = source.Current

            for row in 0 .. batch.Count - 1 do
                let key = {
                    RecordingId = batch.RecordingId[row]
                    Start = batch.Start[row]
                }

                if wanted.Contains key then
                    found.Add {
                        Key = key
                        Label = batch.Label[row]
                        Class = int batch.Class[row]
                        Trace = (traceOf batch row).ToArray()
                    }

        found

/// <summary>Computes the segments of traces again, as ingest computed them. It holds scratch buffers, so one thread at
/// a time may use it.</summary>
/// <param name="settings">The preprocessing.</param>
[<Sealed>]
type TraceSegments(settings: PreprocessSettings) =
    let preprocessor = Preprocessor settings
    let rows = Segments()
    let batch = SegmentBatch TraceSegments.BatchSize

    /// The largest number of windows in a batch.
    static member BatchSize = 64

    /// Computes the segments of at most `BatchSize` normalised windows, (3000) each. They are valid until the next
    /// call.
    member _.Fill(windows: float32[][]) : SegmentBatch =
        rows.Resize 1
        batch.Count <- windows.Length

        windows
        |> Array.iteri (fun i window ->
            preprocessor.Segment(ReadOnlySpan window, rows, 0)
            batch.Set(i, rows, 0))

        batch

    /// <summary>Computes the probability of AF of each window.</summary>
    /// <param name="windows">Normalised windows, (3000) each.</param>
    /// <param name="classify">Gives the probability of AF of each segment of a batch.</param>
    member this.Probabilities(windows: float32[][], classify: Func<SegmentBatch, float32[]>) : float32[] =
        windows
        |> Array.chunkBySize TraceSegments.BatchSize
        |> Array.collect (this.Fill >> classify.Invoke)
