namespace Mina.Model.Networks.FreqNet

#nowarn "9"
#nowarn "3535"

open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Mina.Model.Simd
open Mina.Preprocess

/// Sums of products over sub-segments that lie one in each lane. Every lane keeps a sum of its own, and the sums of
/// `Registers.MaxLanes` lanes are added up at the end. Narrow registers hold a part of these lanes, so that the sums
/// are the same whatever the width of the registers.
module internal LaneSums =
    /// Adds the 16 numbers of row i of sums (count, 16) to into[i], always in the same order.
    let addUp (sums: Pointer) (count: int) (into: Pointer) =
        for i in 0 .. count - 1 do
            let at = NativePtr.add sums (Registers.MaxLanes * i)
            let low = Vector128.Add(Vector128.Load at, Vector128.Load(NativePtr.add at 4))

            let high =
                Vector128.Add(Vector128.Load(NativePtr.add at 8), Vector128.Load(NativePtr.add at 12))

            let four = Vector128.Add(low, high)

            let sum =
                (four.GetElement 0 + four.GetElement 1)
                + (four.GetElement 2 + four.GetElement 3)

            NativePtr.set into i (NativePtr.get into i + sum)

/// Adds a[r] b[q] to sums[r, q] over the tiles and their ten positions, lane by lane. `MatrixProduct` has the same
/// loops, but it broadcasts a number of A where this loads a register, and its columns are adjacent registers, at
/// constant offsets from one address, where these lie at strides. The two stay apart because a common loop would need
/// strides in both.
[<AbstractClass; Sealed>]
type internal TileProduct<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// Four rows by four: 16 sums, for machines of 32 registers.
    static member private Wide
        (
            tiles: int,
            bApart: int,
            a: Pointer,
            aApart: int,
            aRow: int,
            b: Pointer,
            bRow: int,
            bStep: int,
            sums: Pointer,
            sumRow: int,
            sumColumn: int
        ) =
        let lanes = 'L.Count
        let at = sums
        let mutable s00 = 'L.Load at
        let mutable s01 = 'L.Load(NativePtr.add at sumColumn)
        let mutable s02 = 'L.Load(NativePtr.add at (2 * sumColumn))
        let mutable s03 = 'L.Load(NativePtr.add at (3 * sumColumn))
        let at = NativePtr.add at sumRow
        let mutable s10 = 'L.Load at
        let mutable s11 = 'L.Load(NativePtr.add at sumColumn)
        let mutable s12 = 'L.Load(NativePtr.add at (2 * sumColumn))
        let mutable s13 = 'L.Load(NativePtr.add at (3 * sumColumn))
        let at = NativePtr.add at sumRow
        let mutable s20 = 'L.Load at
        let mutable s21 = 'L.Load(NativePtr.add at sumColumn)
        let mutable s22 = 'L.Load(NativePtr.add at (2 * sumColumn))
        let mutable s23 = 'L.Load(NativePtr.add at (3 * sumColumn))
        let at = NativePtr.add at sumRow
        let mutable s30 = 'L.Load at
        let mutable s31 = 'L.Load(NativePtr.add at sumColumn)
        let mutable s32 = 'L.Load(NativePtr.add at (2 * sumColumn))
        let mutable s33 = 'L.Load(NativePtr.add at (3 * sumColumn))

        for tile in 0 .. tiles - 1 do
            let mutable x = NativePtr.add a (tile * aApart)
            let mutable y = NativePtr.add b (tile * bApart)

            for _ in 1 .. Sizes.Positions do
                let x0 = 'L.Load x
                let x1 = 'L.Load(NativePtr.add x aRow)
                let x2 = 'L.Load(NativePtr.add x (2 * aRow))
                let x3 = 'L.Load(NativePtr.add x (3 * aRow))
                let v = 'L.Load y
                s00 <- 'L.MultiplyAdd(x0, v, s00)
                s10 <- 'L.MultiplyAdd(x1, v, s10)
                s20 <- 'L.MultiplyAdd(x2, v, s20)
                s30 <- 'L.MultiplyAdd(x3, v, s30)
                let v = 'L.Load(NativePtr.add y bRow)
                s01 <- 'L.MultiplyAdd(x0, v, s01)
                s11 <- 'L.MultiplyAdd(x1, v, s11)
                s21 <- 'L.MultiplyAdd(x2, v, s21)
                s31 <- 'L.MultiplyAdd(x3, v, s31)
                let v = 'L.Load(NativePtr.add y (2 * bRow))
                s02 <- 'L.MultiplyAdd(x0, v, s02)
                s12 <- 'L.MultiplyAdd(x1, v, s12)
                s22 <- 'L.MultiplyAdd(x2, v, s22)
                s32 <- 'L.MultiplyAdd(x3, v, s32)
                let v = 'L.Load(NativePtr.add y (3 * bRow))
                s03 <- 'L.MultiplyAdd(x0, v, s03)
                s13 <- 'L.MultiplyAdd(x1, v, s13)
                s23 <- 'L.MultiplyAdd(x2, v, s23)
                s33 <- 'L.MultiplyAdd(x3, v, s33)
                x <- NativePtr.add x lanes
                y <- NativePtr.add y bStep

        let at = sums
        'L.Store(at, s00)
        'L.Store(NativePtr.add at sumColumn, s01)
        'L.Store(NativePtr.add at (2 * sumColumn), s02)
        'L.Store(NativePtr.add at (3 * sumColumn), s03)
        let at = NativePtr.add at sumRow
        'L.Store(at, s10)
        'L.Store(NativePtr.add at sumColumn, s11)
        'L.Store(NativePtr.add at (2 * sumColumn), s12)
        'L.Store(NativePtr.add at (3 * sumColumn), s13)
        let at = NativePtr.add at sumRow
        'L.Store(at, s20)
        'L.Store(NativePtr.add at sumColumn, s21)
        'L.Store(NativePtr.add at (2 * sumColumn), s22)
        'L.Store(NativePtr.add at (3 * sumColumn), s23)
        let at = NativePtr.add at sumRow
        'L.Store(at, s30)
        'L.Store(NativePtr.add at sumColumn, s31)
        'L.Store(NativePtr.add at (2 * sumColumn), s32)
        'L.Store(NativePtr.add at (3 * sumColumn), s33)

    /// Four rows by two.
    static member private Narrow
        (
            tiles: int,
            bApart: int,
            a: Pointer,
            aApart: int,
            aRow: int,
            b: Pointer,
            bRow: int,
            bStep: int,
            sums: Pointer,
            sumRow: int,
            sumColumn: int
        ) =
        let lanes = 'L.Count
        let at = sums
        let mutable s00 = 'L.Load at
        let mutable s01 = 'L.Load(NativePtr.add at sumColumn)
        let at = NativePtr.add at sumRow
        let mutable s10 = 'L.Load at
        let mutable s11 = 'L.Load(NativePtr.add at sumColumn)
        let at = NativePtr.add at sumRow
        let mutable s20 = 'L.Load at
        let mutable s21 = 'L.Load(NativePtr.add at sumColumn)
        let at = NativePtr.add at sumRow
        let mutable s30 = 'L.Load at
        let mutable s31 = 'L.Load(NativePtr.add at sumColumn)

        for tile in 0 .. tiles - 1 do
            let mutable x = NativePtr.add a (tile * aApart)
            let mutable y = NativePtr.add b (tile * bApart)

            for _ in 1 .. Sizes.Positions do
                let x0 = 'L.Load x
                let x1 = 'L.Load(NativePtr.add x aRow)
                let x2 = 'L.Load(NativePtr.add x (2 * aRow))
                let x3 = 'L.Load(NativePtr.add x (3 * aRow))
                let v = 'L.Load y
                s00 <- 'L.MultiplyAdd(x0, v, s00)
                s10 <- 'L.MultiplyAdd(x1, v, s10)
                s20 <- 'L.MultiplyAdd(x2, v, s20)
                s30 <- 'L.MultiplyAdd(x3, v, s30)
                let v = 'L.Load(NativePtr.add y bRow)
                s01 <- 'L.MultiplyAdd(x0, v, s01)
                s11 <- 'L.MultiplyAdd(x1, v, s11)
                s21 <- 'L.MultiplyAdd(x2, v, s21)
                s31 <- 'L.MultiplyAdd(x3, v, s31)
                x <- NativePtr.add x lanes
                y <- NativePtr.add y bStep

        let at = sums
        'L.Store(at, s00)
        'L.Store(NativePtr.add at sumColumn, s01)
        let at = NativePtr.add at sumRow
        'L.Store(at, s10)
        'L.Store(NativePtr.add at sumColumn, s11)
        let at = NativePtr.add at sumRow
        'L.Store(at, s20)
        'L.Store(NativePtr.add at sumColumn, s21)
        let at = NativePtr.add at sumRow
        'L.Store(at, s30)
        'L.Store(NativePtr.add at sumColumn, s31)

    /// Multiplies `rows` rows of A by `columns` rows of B, both multiples of 4. The tiles of A are aApart numbers
    /// apart, its rows aRow and its positions one register. The tiles of B are bApart numbers apart, its rows bRow and
    /// its positions bStep. The sums are sumRow and sumColumn numbers apart.
    static member Add
        (
            rows: int,
            columns: int,
            tiles: int,
            a: Pointer,
            aApart: int,
            aRow: int,
            b: Pointer,
            bApart: int,
            bRow: int,
            bStep: int,
            sums: Pointer,
            sumRow: int,
            sumColumn: int
        ) =
        let four = 'L.Count = Registers.MaxLanes
        let step = if four then 4 else 2
        let mutable column = 0

        while column < columns do
            let mutable row = 0

            while row < rows do
                let a = NativePtr.add a (row * aRow)
                let b = NativePtr.add b (column * bRow)
                let sums = NativePtr.add sums (row * sumRow + column * sumColumn)

                if four then
                    TileProduct<'V, 'L>.Wide(tiles, bApart, a, aApart, aRow, b, bRow, bStep, sums, sumRow, sumColumn)
                else
                    TileProduct<'V, 'L>.Narrow(tiles, bApart, a, aApart, aRow, b, bRow, bStep, sums, sumRow, sumColumn)

                row <- row + 4

            column <- column + step
