/// Recipes as files and flags: what model.json prints can be read back, and a wrong field is named.
module Mina.Model.Tests.RecipeFileTests

open Mina.Model
open Mina.Preprocess
open Xunit

let private parse text = RecipeFile.parse "my.json" "my" text

let private refused (what: string) (work: unit -> Recipe) =
    let e = Assert.Throws<ProblemException>(fun () -> work () |> ignore)
    Assert.Contains(what, e.Message)

[<Fact>]
let ``The recipe that a model prints is read back, from its model json and by itself`` () =
    for recipe in Recipe.All do
        let info = {
            (Samples.untrained 0.5).Info with
                Recipe = {
                    recipe with
                        Dropout = 0.123
                        Patience = 3
                }
        }

        Assert.Equal(info.Recipe, parse (info.ToJson()))

[<Fact>]
let ``A file may give a few fields, and the rest are those of its base`` () =
    let recipe = parse """{ "base": "hw4", "dropout": 0.2, "schedule": "cosine" }"""

    Assert.Equal(
        {
            Recipe.Hw4 with
                Name = "my"
                Dropout = 0.2
                Schedule = Schedule.Cosine
        },
        recipe
    )

    Assert.Equal({ Recipe.Standard with Name = "own" }, parse """{ "name": "own" }""")

[<Fact>]
let ``Every field can be set by its name, and no other name can`` () =
    let others =
        Map [
            "epochs", "7"
            "batch_size", "64"
            "learning_rate", "0.01"
            "schedule", "constant"
            "beta1", "0.8"
            "beta2", "0.99"
            "epsilon", "1e-7"
            "weight_decay", "0.1"
            "dropout", "0"
            "loss", "softmax_cross_entropy"
            "averaging", "0.5"
            "selection", "last_epoch"
            "every_af", "1"
            "augmented", "false"
            "teacher_share", "0.5"
            "label_weight", "0.5"
            "motion_noise", "0.3"
            "patience", "2"
        ]

    Assert.Equal<string list>(
        others |> Map.toList |> List.map fst,
        RecipeFile.fields |> Array.map _.Name |> Array.sort |> Array.toList
    )

    for field in RecipeFile.fields do
        let changed =
            RecipeFile.withField Recipe.Standard field.Name others[field.Name] "the test"

        Assert.NotEqual(Recipe.Standard, changed)
        let value = others[field.Name]

        let quoted =
            if System.Char.IsLetter value[0] && value <> "false" then
                $"\"{value}\""
            else
                value

        let read = parse ("{ \"" + field.Name + "\": " + quoted + " }")

        Assert.Equal(
            changed,
            {
                read with
                    Name = Recipe.Standard.Name
            }
        )

[<Fact>]
let ``A field that is unknown, of another kind or out of its range is named`` () =
    refused "dropuot" (fun () -> parse """{ "dropuot": 0.2 }""")
    refused "weight_decay" (fun () -> parse """{ "dropuot": 0.2 }""")
    refused "a number" (fun () -> parse """{ "dropout": "much" }""")
    refused "constant, cosine" (fun () -> parse """{ "schedule": "linear" }""")
    refused "one of" (fun () -> parse """{ "schedule": 1 }""")
    refused "true or false" (fun () -> parse """{ "augmented": 1 }""")
    refused "epochs" (fun () -> parse """{ "epochs": 1.5 }""")
    refused "not whole" (fun () -> parse """{ "epochs": 1e30 }""")
    refused "[0, 1)" (fun () -> parse """{ "dropout": 1 }""")
    refused "positive" (fun () -> parse """{ "learning_rate": 0 }""")
    refused "hw5" (fun () -> parse """{ "base": "hw5" }""")
    refused "text" (fun () -> parse """{ "name": 3 }""")
    refused "no JSON object" (fun () -> parse "[]")
    refused "no JSON object" (fun () -> parse """{ "epochs": 1, "epochs": 2 }""")
    refused "--dropout" (fun () -> RecipeFile.withField Recipe.Standard "dropout" "NaN" "--dropout")
    refused "--patience" (fun () -> RecipeFile.withField Recipe.Standard "patience" "-1" "--patience")
