namespace Mina.Model.Networks.FreqNet

#nowarn "9"

open Microsoft.FSharp.NativeInterop
open Mina.Model
open Mina.Model.Simd

/// A matrix in the flat vector of parameters, and its place in the arranged weights.
[<Struct>]
type private Piece = {
    From: int
    Rows: int
    Columns: int
    /// The numbers from one row to the next, in the flat vector and in the arranged weights.
    FromRow: int
    IntoRow: int
    Into: Pointer
    /// Whether the matrix is transposed.
    Transposed: bool
    /// Whether it is added to the numbers that are already there.
    Added: bool
}

/// Parameters in the layout that kernels read. The layout is described once; `Load` then fills it with any weights.
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

    /// Places one channel's (and direction's) part of a group unchanged.
    member _.Copied(group: Group, part: int) : Pointer =
        place (group.PartSize) (piece group part)

    /// Places the sum of two groups' parts.
    member this.Summed(first: Group, second: Group, part: int) : Pointer =
        let p = this.Copied(first, part)

        pieces.Add {
            piece second part with
                Into = p
                Added = true
        }

        p

    /// Places the first `columns` columns of a part (rows, `fromRow`) in rows of `intoRow` numbers.
    member _.Padded(group: Group, part: int, columns: int, fromRow: int, intoRow: int) : Pointer =
        let rows = group.PartSize / fromRow

        place (rows * intoRow) {
            piece group part with
                Rows = rows
                Columns = columns
                FromRow = fromRow
                IntoRow = intoRow
        }

    /// Places the first `columns` columns of a part (rows, `fromRow`), transposed to (columns, `intoRow`).
    member _.Transposed(group: Group, part: int, columns: int, fromRow: int, intoRow: int) : Pointer =
        place (columns * intoRow) {
            piece group part with
                Rows = group.PartSize / fromRow
                Columns = columns
                FromRow = fromRow
                IntoRow = intoRow
                Transposed = true
        }

    /// Copies the weights to their places.
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

    /// The buffer that the pointers point into, which must be kept alive while they are used.
    member _.Memory = buffer
