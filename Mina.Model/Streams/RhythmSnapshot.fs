namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// Writes the state of the rhythm level in a stream, and reads it back, bit for bit.
module internal RhythmSnapshot =
    let private writeWindow (to': SnapshotWriter) (window: RhythmWindow) =
        to'.Write window.StartSeconds
        to'.Write window.Probability
        to'.Write(int window.Fault)
        to'.Write window.Row.Length

        for number in window.Row do
            to'.Write number

    let private readWindow (from: SnapshotReader) : RhythmWindow =
        let start = from.ReadDouble()
        let probability = from.ReadDoubleOrNull()
        let fault = enum<WindowFault>(from.ReadInt32())
        let row = ResizeArray()

        for _ in 1 .. from.ReadInt32() do
            row.Add(from.ReadDouble())

        {
            StartSeconds = start
            Probability = probability
            Fault = fault
            Row = row.ToArray()
        }

    let write (to': SnapshotWriter) (state: RhythmState) =
        to'.Section(fun () ->
            BeatSnapshot.Write(to', state.Beats)
            to'.Write state.Judged
            to'.Write state.Windows.Length
            Array.iter (writeWindow to') state.Windows)

    let read (from: SnapshotReader) : RhythmState =
        from.Section(fun () ->
            let beats = BeatSnapshot.ReadBeats from
            let judged = from.ReadInt32()
            let windows = ResizeArray()

            for _ in 1 .. from.ReadInt32() do
                windows.Add(readWindow from)

            {
                Beats = beats
                Windows = windows.ToArray()
                Judged = judged
            })
