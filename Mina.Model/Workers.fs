namespace Mina.Model

open System

/// Calls `body` with each of 0 .. count - 1 once, in any order and on any number of threads, and returns when all calls have: how the
/// shell lends threads to a room that has none. `Parallel.For` with a bound is one. The numbers that come out do not depend on it.
type Workers = delegate of count: int * body: Action<int> -> unit

/// Ready-made workers.
[<RequireQualifiedAccess>]
module Workers =
    /// The calling thread alone.
    let alone =
        Workers(fun count body ->
            for i in 0 .. count - 1 do
                body.Invoke i)
