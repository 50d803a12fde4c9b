namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd

/// A matrix of the flat vector of parameters, and where it goes.
[<Struct>]
type private Piece = {
    From: int
    Rows: int
    Columns: int
    /// Numbers from row to row, in the flat vector and where it goes.
    FromRow: int
    IntoRow: int
    Into: Pointer
    /// Rows become columns.
    Transposed: bool
    /// Added to what is there.
    Added: bool
}

/// Parameters laid out as kernels read them: says once what goes where, then takes any weights.
[<Sealed>]
type internal ArrangedWeights(capacity: int) =
    let buffer = AlignedBuffer capacity
    let pieces = ResizeArray<Piece>()

    let piece (group: Group) part = {
        From = group.Offset + part * group.PartSize
        Rows = 1
        Columns = group.PartSize
        FromRow = group.PartSize
        IntoRow = group.PartSize
        Into = NativePtr.ofNativeInt 0n
        Transposed = false
        Added = false
    }

    let place size (piece: Piece) : Pointer =
        let p = buffer.Take size
        pieces.Add { piece with Into = p }
        p

    /// One channel's (and direction's) part of a group, as it is.
    member _.Copied(group: Group, part: int) : Pointer =
        place (group.PartSize) (piece group part)

    /// The sum of two groups' parts.
    member this.Summed(first: Group, second: Group, part: int) : Pointer =
        let p = this.Copied(first, part)

        pieces.Add {
            piece second part with
                Into = p
                Added = true
        }

        p

    /// A part (rows, `fromRow`), of which the first `columns` columns, to rows of `intoRow`.
    member _.Padded(group: Group, part: int, columns: int, fromRow: int, intoRow: int) : Pointer =
        let rows = group.PartSize / fromRow

        place (rows * intoRow) {
            piece group part with
                Rows = rows
                Columns = columns
                FromRow = fromRow
                IntoRow = intoRow
        }

    /// A part (rows, `fromRow`), of which the first `columns` columns, to (columns, `intoRow`).
    member _.Transposed(group: Group, part: int, columns: int, fromRow: int, intoRow: int) : Pointer =
        place (columns * intoRow) {
            piece group part with
                Rows = group.PartSize / fromRow
                Columns = columns
                FromRow = fromRow
                IntoRow = intoRow
                Transposed = true
        }

    /// Puts these weights where they belong.
    member _.Load(weights: float32[]) =
        for p in pieces do
            for row in 0 .. p.Rows - 1 do
                let from = p.From + row * p.FromRow

                if p.Transposed then
                    for column in 0 .. p.Columns - 1 do
                        NativePtr.set p.Into (column * p.IntoRow + row) weights[from + column]
                elif p.Added then
                    for column in 0 .. p.Columns - 1 do
                        let at = row * p.IntoRow + column
                        NativePtr.set p.Into at (NativePtr.get p.Into at + weights[from + column])
                else
                    for column in 0 .. p.Columns - 1 do
                        NativePtr.set p.Into (row * p.IntoRow + column) weights[from + column]

    /// What the pointers point into.
    member _.Memory = buffer
