namespace Mina.Model

open System
open System.Globalization
open System.Text.Json
open System.Text.Json.Nodes
open Mina.Preprocess

/// A number or choice of a recipe, which a recipe file or a flag can set.
type RecipeField = {
    /// As in `model.json`, such as "weight_decay".
    Name: string
    /// What it is, for help.
    Description: string
}

/// Recipes as files: a JSON object with some of the fields that `model.json` holds under "recipe". The fields that it
/// lacks are those of the recipe that it names as "base" (`default` where it names none). A whole `model.json` is read
/// too, and gives that model's recipe.
[<RequireQualifiedAccess>]
module RecipeFile =
    let private nameField, private baseField = "name", "base"

    /// The fields that can be set, in the order of the record.
    [<CompiledName("Fields")>]
    let fields: RecipeField[] =
        [|
            "epochs", "The number of passes over the training windows, 1 or more."
            "batch_size", "The number of windows in a step, 1 or more."
            "learning_rate", "The step size of Adam, more than 0."
            "schedule", "The learning rate over the epochs: constant or cosine."
            "beta1", "Adam's decay of the mean gradient, 0 or more and below 1."
            "beta2", "Adam's decay of the mean squared gradient, 0 or more and below 1."
            "epsilon", "The number that keeps Adam's division finite, more than 0."
            "weight_decay", "The share of a weight that a step at rate 1 takes away, 0 or more."
            "dropout", "The share of the rhythm features that are dropped in training, 0 or more and below 1."
            "loss", "The loss: cross_entropy, or softmax_cross_entropy as the published exercise computes it."
            "averaging", "The decay of the running mean of the weights, 0 or more and below 1; 0 keeps no mean."
            "selection", "The epoch that is kept: last_epoch or best_validation."
            "every_af", "An epoch takes one of this many training windows of an AF recording; 1 takes all."
            "augmented", "Whether training windows are varied: true or false."
            "teacher_share", "The share of the teachers' probability in the target, 0 to 1; 0 has no teacher."
            "label_weight", "The weight of the four labels' loss, for a network with a head for them; 0 leaves it out."
            "motion_noise", "The chance that a varied window gets noise from --motion, 0 to 1."
            "patience", "Training ends when this many epochs have not become better on validation; 0 trains all."
        |]
        |> Array.map (fun (name, description) -> {
            Name = name
            Description = description
        })

    let private treeOf (recipe: Recipe) =
        match Json.tryParse (Json.write recipe) with
        | :? JsonObject as tree -> tree
        | _ -> invalidOp "A recipe is a JSON object."

    let private choicesOf (field: string) =
        let names (kind: Type) =
            Enum.GetNames kind |> Array.map JsonNamingPolicy.SnakeCaseLower.ConvertName

        match field with
        | "schedule" -> names typeof<Schedule>
        | "loss" -> names typeof<Loss>
        | "selection" -> names typeof<Selection>
        | _ -> [||]

    /// Sets a field to a value of the kind that the field has. `source` is what is said to hold it.
    let private set (source: string) (tree: JsonObject) (field: string) (value: JsonNode | null) =
        let refuse what =
            let given =
                match value with
                | null -> "null"
                | value -> value.ToJsonString()

            raise (ProblemException $"%s{source} gives %s{field} as %s{given}, which is not %s{what}.")

        let choices = choicesOf field

        match tree[field], value with
        | null, _ -> ()
        | _, null -> refuse "a value"
        | was, value ->
            match was.GetValueKind(), value.GetValueKind() with
            | JsonValueKind.Number, JsonValueKind.Number
            | (JsonValueKind.True | JsonValueKind.False), (JsonValueKind.True | JsonValueKind.False) ->
                tree[field] <- value.DeepClone()
            | JsonValueKind.String, JsonValueKind.String when
                choices.Length = 0 || Array.contains (value.GetValue<string>()) choices
                ->
                tree[field] <- value.DeepClone()
            | JsonValueKind.Number, _ -> refuse "a number"
            | JsonValueKind.String, _ -> refuse ("one of " + String.concat ", " choices)
            | _ -> refuse "true or false"

    let private recipeOf (source: string) (tree: JsonObject) : Recipe =
        let recipe: Recipe =
            try
                match JsonSerializer.Deserialize<Recipe>(tree.ToJsonString(), Json.options) with
                | null -> invalidOp "A recipe is a JSON object."
                | recipe -> recipe
            with :? JsonException as e ->
                // Kinds have been compared, so what is left is a number that is not whole or too large.
                let field = (string e.Path).TrimStart('$', '.')

                raise (ProblemException($"%s{source} gives %s{field} as a number that is not whole or too large.", e))

        match recipe.FindFault() with
        | null -> recipe
        | fault -> raise (ProblemException $"%s{source} cannot be used: %s{fault}.")

    let private knownNames = fields |> Array.map _.Name |> String.concat ", "

    /// <summary>Reads a recipe.</summary>
    /// <param name="source">Names the file in messages.</param>
    /// <param name="name">The recipe's name where the text gives none.</param>
    /// <param name="text">JSON: a recipe, or a model.json.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">It is no JSON object, or a field of it is unknown, of
    /// another kind or out of its range.</exception>
    [<CompiledName("Parse")>]
    let parse (source: string) (name: string) (text: string) : Recipe =
        match Json.tryParse text with
        | :? JsonObject as given ->
            let given =
                match given["recipe"] with
                | :? JsonObject as own ->
                    RecipeJson.addMissing own
                    own
                | _ -> given

            let textOf (field: string) =
                match given[field] with
                | null -> null
                | value when value.GetValueKind() = JsonValueKind.String -> value.GetValue<string>()
                | _ -> raise (ProblemException $"%s{source} gives %s{field} as something else than text.")

            let basis =
                match textOf baseField with
                | null -> Recipe.Standard
                | basis -> Recipe.Find basis

            let tree = treeOf basis

            tree[nameField] <-
                JsonValue.Create(
                    match textOf nameField with
                    | null -> name
                    | own -> own
                )

            for field in given do
                if field.Key <> nameField && field.Key <> baseField then
                    if not (tree.ContainsKey field.Key) then
                        raise (
                            ProblemException(
                                $"%s{source} gives %s{field.Key}, which recipes do not have; they have name, base, "
                                + $"%s{knownNames}."
                            )
                        )

                    set source tree field.Key field.Value

            recipeOf source tree
        | _ -> raise (ProblemException $"%s{source} is no JSON object, so it is no recipe.")

    /// <summary>The recipe with one field changed.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="field">One of `Fields`.</param>
    /// <param name="value">As it would stand in JSON; a choice needs no quotes.</param>
    /// <param name="source">What is said to give the value, such as a flag's name.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The value is of another kind or out of its
    /// range.</exception>
    [<CompiledName("With")>]
    let withField (recipe: Recipe) (field: string) (value: string) (source: string) : Recipe =
        let tree = treeOf recipe

        let node: JsonNode | null =
            match Double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture), value with
            | (true, number), _ when Double.IsFinite number && number = Math.Floor number && abs number < 1e15 ->
                JsonValue.Create(int64 number)
            | (true, number), _ when Double.IsFinite number -> JsonValue.Create number
            | _, "true" -> JsonValue.Create true
            | _, "false" -> JsonValue.Create false
            | _ -> JsonValue.Create value

        set source tree field node
        recipeOf source tree
