namespace Mina.Model

open System

/// Calls `body` with each of 0 .. count - 1 once, in any order and on any number of threads, and returns when all
/// calls have returned. This is how the shell lends threads to a room that has none of its own; `Parallel.For` with a
/// bound is one implementation. The numbers that are computed do not depend on it.
type Workers = delegate of count: int * body: Action<int> -> unit

/// The calling thread alone.
[<RequireQualifiedAccess>]
module SingleThread =
    /// Workers that do everything on the calling thread, in order.
    [<CompiledName("Workers")>]
    let workers =
        Workers(fun count body ->
            for i in 0 .. count - 1 do
                body.Invoke i)
