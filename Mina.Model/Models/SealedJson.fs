namespace Mina.Model

open System
open System.Security.Cryptography
open System.Text
open System.Text.Json.Nodes
open Mina.Preprocess

/// JSON files that carry their own SHA-256, so that a bit that flipped in one of their numbers is noticed. The hash is
/// the object's last field; it is of the object without that field and without white space.
module internal SealedJson =
    let private sealField = "sha256"
    let private weightsField = "weights_sha256"

    let private hashOf (fields: JsonObject) =
        fields.ToJsonString()
        |> Encoding.UTF8.GetBytes
        |> SHA256.HashData
        |> Convert.ToHexStringLower

    let private fieldsOf (text: string) : JsonObject | null =
        match Json.tryParse text with
        | :? JsonObject as fields -> fields
        | _ -> null

    let private isHash (expected: string) (node: JsonNode | null) =
        match node with
        | null -> false
        | node -> String.Equals(node.ToString(), expected, StringComparison.OrdinalIgnoreCase)

    /// <summary>The text with its hash.</summary>
    /// <param name="weights">The bytes of the file of weights that the text describes, whose hash goes into it; null:
    /// it describes none.</param>
    /// <param name="text">A JSON object.</param>
    let add (weights: byte[] | null) (text: string) : string =
        match fieldsOf text with
        | null -> invalidArg (nameof text) "Only an object of JSON can carry its hash."
        | fields ->
            match weights with
            | null -> ()
            | weights -> fields[weightsField] <- JsonValue.Create(SHA256.HashData weights |> Convert.ToHexStringLower)

            fields[sealField] <- JsonValue.Create(hashOf fields)
            fields.ToJsonString Json.options + "\n"

    /// Whether a text carries its hash. One that does not was changed by hand, or is of before there was one.
    let isSealed (text: string) : bool =
        match fieldsOf text with
        | null -> false
        | fields -> fields.ContainsKey sealField

    /// <summary>Checks the hash of a text that carries one. A text that is no JSON is left to its reader.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The hash differs.</exception>
    let check (name: string) (text: string) : unit =
        match fieldsOf text with
        | null -> ()
        | fields ->
            let written = fields[sealField]

            if fields.Remove sealField && not (isHash (hashOf fields) written) then
                raise (
                    ProblemException
                        $"%s{name} is not as it was written (its SHA-256 differs): restore it, or take sha256 out of \
                          it if you changed it yourself."
                )

    /// <summary>Checks that weights are those that a text was written with.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">They are not, or the text does not say.</exception>
    let checkWeights (name: string) (text: string) (weightsName: string) (weights: byte[]) : unit =
        match fieldsOf text with
        | null -> ()
        | fields ->
            let hash = SHA256.HashData weights |> Convert.ToHexStringLower

            match fields[weightsField] with
            | null ->
                raise (
                    ProblemException
                        $"%s{name} does not say which %s{weightsName} it belongs to: train again, or write what \
                          'sha256sum %s{weightsName}' prints into it as %s{weightsField}."
                )
            | written when isHash hash written -> ()
            | _ ->
                raise (
                    ProblemException
                        $"%s{weightsName} is not the file that %s{name} was written with (its SHA-256 differs): \
                          restore both from one training, or write what 'sha256sum %s{weightsName}' prints into \
                          %s{name} as %s{weightsField} if you changed the weights yourself."
                )
