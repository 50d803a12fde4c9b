namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Model.Networks.FreqNet
open Mina.Preprocess

/// Networks computed by hand on SIMD registers, without libtorch.
[<Sealed>]
type SimdEngine() =
    // A new hand-written network is one folder and one line here.
    let networks: INetwork[] = [| SimdFreqNet() |]

    interface INetworkEngine with
        member _.Name = "simd"
        member _.Networks = networks

        member this.On(device, _) =
            if device = "cpu" then
                this
            else
                raise (
                    ProblemException
                        $"The simd engine computes on the CPU only; --device %s{device} needs --engine torch."
                )

/// The engines and networks that this process knows. `model.json` names the network of a model, and the name is looked
/// up here.
[<AbstractClass; Sealed>]
type NetworkCatalog private () =
    static let simd: INetworkEngine = SimdEngine()

    static let mutable plugIns: (string * Lazy<INetworkEngine | null>) list = []

    /// Engines that are loaded, in the order in which they are asked for a network; loads the plug-ins if `all`.
    static let engines all = [
        simd

        for _, plugIn in plugIns do
            if all || plugIn.IsValueCreated then
                match plugIn.Value with
                | null -> ()
                | engine -> engine
    ]

    static let networkNames (engines: INetworkEngine list) =
        [
            for e in engines do
                for n in e.Networks -> n.Name
        ]
        |> List.distinct
        |> String.concat ", "

    static let tryFind (name: string) (engine: INetworkEngine) =
        engine.Networks
        |> Seq.tryFind (fun n -> String.Equals(n.Name, name, StringComparison.OrdinalIgnoreCase))

    /// The network that Mina ships.
    static member Default: INetwork = simd.Networks[0]

    /// Adds an engine that is loaded only when it is looked up by name, or when a network is looked up that no loaded
    /// engine computes. `load` returns null where the engine is not installed. The program calls this once, when it
    /// starts.
    static member AddPlugIn(name: string, load: Func<INetworkEngine | null>) =
        plugIns <- plugIns @ [ name, Lazy<INetworkEngine | null>(fun () -> load.Invoke()) ]

    /// The engine of that name; ProblemException when there is none.
    static member FindEngine(name: string) : INetworkEngine =
        if name = simd.Name then
            simd
        else
            match plugIns |> List.tryFind (fun (known, _) -> known = name) with
            | None ->
                let names = simd.Name :: List.map fst plugIns |> String.concat ", "
                raise (ProblemException $"There is no engine '%s{name}'; the engines are %s{names}.")
            | Some(_, plugIn) ->
                match plugIn.Value with
                | null ->
                    raise (
                        ProblemException(
                            $"The %s{name} engine is not installed with this program: "
                            + "run from the repository (dotnet run --project Mina.Host), "
                            + "or let MINA_TORCH name the folder of Mina.Model.Torch.dll."
                        )
                    )
                | engine -> engine

    /// The network of that name (upper and lower case are the same) as this engine computes it; ProblemException when
    /// it does not.
    static member FindIn(engine: INetworkEngine, name: string) : INetwork =
        match tryFind name engine with
        | Some network -> network
        | None ->
            raise (
                ProblemException
                    $"The %s{engine.Name} engine knows no network '%s{name}'; it computes %s{networkNames [ engine ]}."
            )

    /// The network of that name (upper and lower case are the same), by the first engine that computes it;
    /// ProblemException when none does.
    static member Find(name: string) : INetwork =
        match List.tryPick (tryFind name) (engines false) with
        | Some network -> network
        | None ->
            let known = engines true

            match List.tryPick (tryFind name) known with
            | Some network -> network
            | None ->
                raise (
                    ProblemException $"There is no network '%s{name}'; the known networks are %s{networkNames known}."
                )
