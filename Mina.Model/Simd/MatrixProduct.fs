namespace Mina.Model.Simd

#nowarn "9"
#nowarn "3535"

open Microsoft.FSharp.NativeInterop
open Mina.Preprocess

/// C += A B. A number of A is broadcast to a register and multiplied by a register of a row of B, so a number of C is
/// always the same sum in the same order, whatever the width of the registers.
[<AbstractClass; Sealed>]
type internal MatrixProduct<'V, 'L when 'V: struct and 'L :> IFloatLanes<'V> and 'L: struct> private () =
    /// Four rows by four registers: 16 sums, for machines of 32 registers.
    static member private Wide
        (inner: int, a: Pointer, aRow: int, aInner: int, b: Pointer, bRow: int, c: Pointer, cRow: int)
        =
        let lanes = 'L.Count
        let at = c
        let mutable c00 = 'L.Load at
        let mutable c01 = 'L.Load(NativePtr.add at lanes)
        let mutable c02 = 'L.Load(NativePtr.add at (2 * lanes))
        let mutable c03 = 'L.Load(NativePtr.add at (3 * lanes))
        let at = NativePtr.add at cRow
        let mutable c10 = 'L.Load at
        let mutable c11 = 'L.Load(NativePtr.add at lanes)
        let mutable c12 = 'L.Load(NativePtr.add at (2 * lanes))
        let mutable c13 = 'L.Load(NativePtr.add at (3 * lanes))
        let at = NativePtr.add at cRow
        let mutable c20 = 'L.Load at
        let mutable c21 = 'L.Load(NativePtr.add at lanes)
        let mutable c22 = 'L.Load(NativePtr.add at (2 * lanes))
        let mutable c23 = 'L.Load(NativePtr.add at (3 * lanes))
        let at = NativePtr.add at cRow
        let mutable c30 = 'L.Load at
        let mutable c31 = 'L.Load(NativePtr.add at lanes)
        let mutable c32 = 'L.Load(NativePtr.add at (2 * lanes))
        let mutable c33 = 'L.Load(NativePtr.add at (3 * lanes))
        let mutable x = a
        let mutable y = b

        for _ in 1..inner do
            let y0 = 'L.Load y
            let y1 = 'L.Load(NativePtr.add y lanes)
            let y2 = 'L.Load(NativePtr.add y (2 * lanes))
            let y3 = 'L.Load(NativePtr.add y (3 * lanes))
            let v = 'L.All(NativePtr.read x)
            c00 <- 'L.MultiplyAdd(v, y0, c00)
            c01 <- 'L.MultiplyAdd(v, y1, c01)
            c02 <- 'L.MultiplyAdd(v, y2, c02)
            c03 <- 'L.MultiplyAdd(v, y3, c03)
            let v = 'L.All(NativePtr.get x aRow)
            c10 <- 'L.MultiplyAdd(v, y0, c10)
            c11 <- 'L.MultiplyAdd(v, y1, c11)
            c12 <- 'L.MultiplyAdd(v, y2, c12)
            c13 <- 'L.MultiplyAdd(v, y3, c13)
            let v = 'L.All(NativePtr.get x (2 * aRow))
            c20 <- 'L.MultiplyAdd(v, y0, c20)
            c21 <- 'L.MultiplyAdd(v, y1, c21)
            c22 <- 'L.MultiplyAdd(v, y2, c22)
            c23 <- 'L.MultiplyAdd(v, y3, c23)
            let v = 'L.All(NativePtr.get x (3 * aRow))
            c30 <- 'L.MultiplyAdd(v, y0, c30)
            c31 <- 'L.MultiplyAdd(v, y1, c31)
            c32 <- 'L.MultiplyAdd(v, y2, c32)
            c33 <- 'L.MultiplyAdd(v, y3, c33)
            x <- NativePtr.add x aInner
            y <- NativePtr.add y bRow

        let at = c
        'L.Store(at, c00)
        'L.Store(NativePtr.add at lanes, c01)
        'L.Store(NativePtr.add at (2 * lanes), c02)
        'L.Store(NativePtr.add at (3 * lanes), c03)
        let at = NativePtr.add at cRow
        'L.Store(at, c10)
        'L.Store(NativePtr.add at lanes, c11)
        'L.Store(NativePtr.add at (2 * lanes), c12)
        'L.Store(NativePtr.add at (3 * lanes), c13)
        let at = NativePtr.add at cRow
        'L.Store(at, c20)
        'L.Store(NativePtr.add at lanes, c21)
        'L.Store(NativePtr.add at (2 * lanes), c22)
        'L.Store(NativePtr.add at (3 * lanes), c23)
        let at = NativePtr.add at cRow
        'L.Store(at, c30)
        'L.Store(NativePtr.add at lanes, c31)
        'L.Store(NativePtr.add at (2 * lanes), c32)
        'L.Store(NativePtr.add at (3 * lanes), c33)

    /// Four rows by two registers.
    static member private Narrow
        (inner: int, a: Pointer, aRow: int, aInner: int, b: Pointer, bRow: int, c: Pointer, cRow: int)
        =
        let lanes = 'L.Count
        let at = c
        let mutable c00 = 'L.Load at
        let mutable c01 = 'L.Load(NativePtr.add at lanes)
        let at = NativePtr.add at cRow
        let mutable c10 = 'L.Load at
        let mutable c11 = 'L.Load(NativePtr.add at lanes)
        let at = NativePtr.add at cRow
        let mutable c20 = 'L.Load at
        let mutable c21 = 'L.Load(NativePtr.add at lanes)
        let at = NativePtr.add at cRow
        let mutable c30 = 'L.Load at
        let mutable c31 = 'L.Load(NativePtr.add at lanes)
        let mutable x = a
        let mutable y = b

        for _ in 1..inner do
            let y0 = 'L.Load y
            let y1 = 'L.Load(NativePtr.add y lanes)
            let v = 'L.All(NativePtr.read x)
            c00 <- 'L.MultiplyAdd(v, y0, c00)
            c01 <- 'L.MultiplyAdd(v, y1, c01)
            let v = 'L.All(NativePtr.get x aRow)
            c10 <- 'L.MultiplyAdd(v, y0, c10)
            c11 <- 'L.MultiplyAdd(v, y1, c11)
            let v = 'L.All(NativePtr.get x (2 * aRow))
            c20 <- 'L.MultiplyAdd(v, y0, c20)
            c21 <- 'L.MultiplyAdd(v, y1, c21)
            let v = 'L.All(NativePtr.get x (3 * aRow))
            c30 <- 'L.MultiplyAdd(v, y0, c30)
            c31 <- 'L.MultiplyAdd(v, y1, c31)
            x <- NativePtr.add x aInner
            y <- NativePtr.add y bRow

        let at = c
        'L.Store(at, c00)
        'L.Store(NativePtr.add at lanes, c01)
        let at = NativePtr.add at cRow
        'L.Store(at, c10)
        'L.Store(NativePtr.add at lanes, c11)
        let at = NativePtr.add at cRow
        'L.Store(at, c20)
        'L.Store(NativePtr.add at lanes, c21)
        let at = NativePtr.add at cRow
        'L.Store(at, c30)
        'L.Store(NativePtr.add at lanes, c31)

    /// Adds to C (rows, columns) the product of A (rows, inner) and B (inner, columns). Number (r, k) of A lies at r
    /// aRow + k aInner; rows of B and C are bRow and cRow numbers apart. Rows are a multiple of 4, columns one of 32.
    static member Add
        (
            rows: int,
            columns: int,
            inner: int,
            a: Pointer,
            aRow: int,
            aInner: int,
            b: Pointer,
            bRow: int,
            c: Pointer,
            cRow: int
        ) =
        let lanes = 'L.Count
        let mutable column = 0

        while column < columns do
            let b = NativePtr.add b column
            let wide = lanes = Registers.MaxLanes && column + 4 * lanes <= columns
            let mutable row = 0

            while row < rows do
                let a = NativePtr.add a (row * aRow)
                let c = NativePtr.add c (row * cRow + column)

                if wide then
                    MatrixProduct<'V, 'L>.Wide(inner, a, aRow, aInner, b, bRow, c, cRow)
                else
                    MatrixProduct<'V, 'L>.Narrow(inner, a, aRow, aInner, b, bRow, c, cRow)

                row <- row + 4

            column <- column + (if wide then 4 else 2) * lanes
