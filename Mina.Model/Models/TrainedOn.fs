namespace Mina.Model

open System
open System.Collections.Generic
open System.Globalization
open System.Security.Cryptography
open System.Text
open Mina.Preprocess

/// The text of `trained-on.json`.
type TrainedOnFile = {
    Format: int
    /// The text before every key that is hashed, so that the hashes of two models cannot be compared.
    Salt: string
    /// The first 12 hexadecimal digits of SHA-256 of salt and key, sorted.
    Hashes: string[]
}

/// The recordings and people that a model has learned from, as salted hashes. They show whether a given one was among
/// them, but not who they were. It is empty where that is not known.
[<Sealed>]
type TrainedOn private (salt: string, hashes: HashSet<string>) =
    static let hashOf (salt: string) (key: string) =
        Encoding.UTF8.GetBytes $"%s{salt}\n%s{key}"
        |> SHA256.HashData
        |> Convert.ToHexStringLower
        |> _.Substring(0, 12)

    /// The value of a model of which nothing is known.
    static member Unknown = TrainedOn("", HashSet())

    /// The key of a recording by its id, for ids that no two data sets share.
    static member Recording(id: string) : string = $"recording:%s{id}"

    /// The key of a recording by its id and length, which tells recordings of one id apart.
    static member Recording(id: string, seconds: float) : string =
        "recording:" + id + "@" + seconds.ToString("F1", CultureInfo.InvariantCulture)

    /// The key of a person.
    static member Person(name: string) : string = $"person:%s{name}"

    /// <summary>Hashes keys.</summary>
    /// <param name="salt">The salt of this model, such as the hash of its data.</param>
    /// <param name="keys">The results of `Recording` and `Person`.</param>
    static member Create(salt: string, keys: string seq) : TrainedOn =
        TrainedOn(salt, HashSet(keys |> Seq.map (hashOf salt)))

    /// Whether it is known what the model was trained on.
    member _.IsKnown = hashes.Count > 0

    /// Whether the model has learned from one of these.
    member _.ContainsAny(keys: string seq) : bool =
        hashes.Count > 0
        && keys |> Seq.exists (fun key -> hashes.Contains(hashOf salt key))

    /// The bytes of the file.
    member _.Encode() : byte[] =
        let sorted = Seq.toArray hashes
        Array.Sort(sorted, StringComparer.Ordinal)

        let text =
            Json.write {
                Format = 1
                Salt = salt
                Hashes = sorted
            }

        Encoding.UTF8.GetBytes(text + "\n")

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The bytes do not hold such a file.</exception>
    static member Decode(bytes: byte[]) : TrainedOn =
        let file: TrainedOnFile =
            Json.read "trained-on.json" (Encoding.UTF8.GetString bytes)

        if file.Format <> 1 then
            raise (ProblemException $"trained-on.json has format %d{file.Format}; this version of Mina reads format 1.")

        TrainedOn(file.Salt, HashSet file.Hashes)
