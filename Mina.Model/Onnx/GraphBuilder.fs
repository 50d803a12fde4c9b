namespace Mina.Model.Onnx

open System.Collections.Generic
open Mina.Model

/// A value in a graph under construction: the name of a constant, of an input or of an operator's output.
[<Struct>]
type internal Value = Value of string

/// A graph under construction. Operators are added in order of computation. A name that is
/// taken gets a number behind it.
[<Sealed>]
type internal GraphBuilder() =
    let nodes = List<Node>()
    let constants = List<struct (string * StoredTensor)>()
    let known = HashSet<string>()
    let mutable part = ""

    let nameOf (Value name) = name

    let unique (name: string) =
        let full = if part = "" then name else $"%s{part}/%s{name}"
        let mutable candidate = full
        let mutable number = 2

        while not (known.Add candidate) do
            candidate <- $"%s{full}_%d{number}"
            number <- number + 1

        candidate

    member _.Nodes: IReadOnlyList<Node> = nodes
    member _.Constants: IReadOnlyList<struct (string * StoredTensor)> = constants

    /// Begins a part of the graph, whose name stands before the names of all that is added from now on.
    member _.Begin(name: string) = part <- name

    /// Reserves the name of an input.
    member _.Input(name: string) =
        known.Add name |> ignore
        Value name

    member private _.Add(operator, inputs, outputs, attributes) =
        nodes.Add {
            Name = unique operator
            Operator = operator
            Inputs = inputs |> List.map nameOf
            Outputs = outputs
            Attributes = attributes
        }

    /// An operator with one output.
    member this.Node(operator: string, inputs: Value list, attributes: (string * AttributeValue) list) : Value =
        let output = unique $"%s{operator}.out"
        this.Add(operator, inputs, [ output ], attributes)
        Value output

    member this.Node(operator: string, inputs: Value list) : Value = this.Node(operator, inputs, [])

    /// An operator with this number of outputs.
    member this.NodeWithOutputs(operator: string, inputs: Value list, attributes, count: int) : Value list =
        let outputs = List.init count (fun _ -> unique $"%s{operator}.out")
        this.Add(operator, inputs, outputs, attributes)
        List.map Value outputs

    /// Gives a value the name of an output of the graph.
    member this.Output(name: string, value: Value) =
        known.Add name |> ignore
        this.Add("Identity", [ value ], [ name ], [])

    member private _.Constant(name: string, shape: int list, data: TensorData) : Value =
        let name = unique name

        constants.Add(
            struct (name,
                    {
                        Shape = [| for size in shape -> int64 size |]
                        Data = data
                    })
        )

        Value name

    member this.Floats(name: string, shape: int list, data: float32[]) =
        this.Constant(name, shape, TensorData.F32 data)

    member this.Doubles(name: string, shape: int list, data: float[]) =
        this.Constant(name, shape, TensorData.F64 data)

    member this.Integers(name: string, data: int64 list) =
        this.Constant(name, [ data.Length ], TensorData.I64(List.toArray data))

    member this.Float(value: float32) = this.Floats("number", [], [| value |])
    member this.Double(value: float) = this.Doubles("number", [], [| value |])

    member this.Integer(value: int64) =
        this.Constant("number", [], TensorData.I64 [| value |])

/// The operators that the graphs are written with. Axes count from 0, or from the end where they are negative.
module internal Operators =
    let private axes (values: int list) =
        AttributeValue.Ints(values |> List.map int64)

    let private unary operator (g: GraphBuilder) x = g.Node(operator, [ x ])
    let private binary operator (g: GraphBuilder) a b = g.Node(operator, [ a; b ])

    let add g a b = binary "Add" g a b
    let subtract g a b = binary "Sub" g a b
    let multiply g a b = binary "Mul" g a b
    let divide g a b = binary "Div" g a b
    let product g a b = binary "MatMul" g a b
    let smaller g a b = binary "Min" g a b
    let larger g a b = binary "Max" g a b
    let isBelow g a b = binary "Less" g a b
    let tanh g x = unary "Tanh" g x
    let relu g x = unary "Relu" g x
    let absolute g x = unary "Abs" g x
    let root g x = unary "Sqrt" g x
    let log g x = unary "Log" g x
    let isUnknown g x = unary "IsNaN" g x
    let isNot g x = unary "Not" g x
    let shapeOf g x = unary "Shape" g x

    let choose (g: GraphBuilder) condition yes no = g.Node("Where", [ condition; yes; no ])

    let toDouble (g: GraphBuilder) x =
        g.Node("Cast", [ x ], [ "to", AttributeValue.Int 11L ])

    let toFloat (g: GraphBuilder) x =
        g.Node("Cast", [ x ], [ "to", AttributeValue.Int 1L ])

    let softmax (g: GraphBuilder) axis x =
        g.Node("Softmax", [ x ], [ "axis", AttributeValue.Int(int64 axis) ])

    let transpose (g: GraphBuilder) (order: int list) x =
        g.Node("Transpose", [ x ], [ "perm", axes order ])

    /// -1 stands for the size that is left over, and 0 for that of the same axis.
    let reshape (g: GraphBuilder) (shape: int list) x =
        g.Node("Reshape", [ x; g.Integers("shape", shape |> List.map int64) ])

    let join (g: GraphBuilder) axis (items: Value list) =
        g.Node("Concat", items, [ "axis", AttributeValue.Int(int64 axis) ])

    let unsqueeze (g: GraphBuilder) axis x =
        g.Node("Unsqueeze", [ x; g.Integers("axis", [ int64 axis ]) ])

    let squeeze (g: GraphBuilder) axis x =
        g.Node("Squeeze", [ x; g.Integers("axis", [ int64 axis ]) ])

    /// Items along a new first axis.
    let stack (g: GraphBuilder) (items: Value list) =
        items |> List.map (unsqueeze g 0) |> join g 0

    /// The items of the first axis.
    let unstack (g: GraphBuilder) count x =
        g.NodeWithOutputs("Split", [ x ], [ "axis", AttributeValue.Int 0L ], count)
        |> List.map (squeeze g 0)

    /// The part from one index up to, not with, another along an axis; both may be negative, to count from the end.
    let slice (g: GraphBuilder) axis (from: int64) (until: int64) x =
        g.Node(
            "Slice",
            [
                x
                g.Integers("from", [ from ])
                g.Integers("until", [ until ])
                g.Integers("axis", [ int64 axis ])
            ]
        )

    /// Up to the end of the axis.
    let theEnd = System.Int64.MaxValue

    let gather (g: GraphBuilder) axis x indices =
        g.Node("Gather", [ x; indices ], [ "axis", AttributeValue.Int(int64 axis) ])

    let private reduce operator keep (g: GraphBuilder) axis x =
        g.Node(
            operator,
            [ x ],
            [
                "axes", axes [ axis ]
                "keepdims", AttributeValue.Int(if keep then 1L else 0L)
            ]
        )

    /// The mean along an axis, which goes.
    let mean g axis x = reduce "ReduceMean" false g axis x
    /// The mean along an axis, which stays with size 1.
    let meanKept g axis x = reduce "ReduceMean" true g axis x

    /// The least along an axis, which stays with size 1.
    let leastKept g axis x = reduce "ReduceMin" true g axis x

    /// The sum along an axis, which goes.
    let sum (g: GraphBuilder) axis x =
        g.Node("ReduceSum", [ x; g.Integers("axis", [ int64 axis ]) ], [ "keepdims", AttributeValue.Int 0L ])

    /// Limits doubles to a range.
    let limit (g: GraphBuilder) (low: float) (high: float) x =
        g.Node("Clip", [ x; g.Double low; g.Double high ])

    /// 1 / (1 + exp(-x)) of doubles.
    let logistic (g: GraphBuilder) x =
        divide g (g.Double 1.0) (add g (g.Double 1.0) (unary "Exp" g (unary "Neg" g x)))
