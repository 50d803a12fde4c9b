namespace Mina.Model

open System

/// Calls `body` once with each of 0 .. count - 1, in any order and on any number of threads, and returns when all calls
/// have returned. The shell lends its threads by this delegate to a room that has none of its own; `Parallel.For` with
/// a bound is one implementation. The computed numbers do not depend on it.
type Workers = delegate of count: int * body: Action<int> -> unit

/// Workers of the calling thread alone.
[<RequireQualifiedAccess>]
module SingleThread =
    /// Creates workers that make all calls on the calling thread, in order.
    [<CompiledName("Workers")>]
    let workers =
        Workers(fun count body ->
            for i in 0 .. count - 1 do
                body.Invoke i)
