using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Models;

/// <summary>The folder of a model, with its weights, their description, the checkpoint of its training, the log and the curves.</summary>
/// <param name="Path">The path of the folder.</param>
public sealed record ModelDirectory(string Path)
{
    private const long MaxCheckpointBytes = 1L << 30;

    /// <summary>The path of the weights, which are stored as safetensors under PyTorch's names.</summary>
    public string Weights => In(ModelFiles.WeightsName);

    /// <summary>The path of the description of the weights: data, settings, recipe, seed, epochs and thresholds.</summary>
    public string Info => In(ModelFiles.InfoName);

    /// <summary>The path of the checkpoint of the training, with the optimizer's state.</summary>
    public string Checkpoint => In("checkpoint.safetensors");

    /// <summary>The path of the log, with one line for each logged step and each epoch.</summary>
    public string Log => In("training.log");

    /// <summary>The path of the figures of each epoch, as CSV.</summary>
    public string History => In("history.csv");

    /// <summary>The path of the picture of loss and validation over the epochs, as PNG.</summary>
    public string Curves => In("curves.png");

    /// <summary>The path of the same picture as SVG.</summary>
    public string CurvesSvg => In("curves.svg");

    /// <summary>Loads the weights and the info of the model.</summary>
    /// <exception cref="ProblemException">The folder holds no model, or the files are damaged.</exception>
    public (float[] Weights, ModelInfo Info) LoadWeights()
    {
        var model = ModelFiles.Read(Path);
        return (model.Weights, model.Info);
    }

    /// <summary>Loads the checkpoint.</summary>
    /// <exception cref="ProblemException">The folder holds no checkpoint, or the file is damaged.</exception>
    public Checkpoint LoadCheckpoint()
    {
        if (!File.Exists(Checkpoint))
            throw new ProblemException($"{Path} holds no checkpoint.safetensors to resume from; train without --resume.");
        try
        {
            return Model.Checkpoint.Decode(PlainFile.ReadAllBytes(Checkpoint, MaxCheckpointBytes));
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"{Checkpoint} cannot be used: {e.Message}");
        }
    }

    /// <summary>Writes the checkpoint in place of the previous one.</summary>
    public void Save(Checkpoint checkpoint) => WholeFile.Write(Checkpoint, checkpoint.Encode());

    /// <summary>Writes the weights and the info of the model.</summary>
    public void Save(float[] weights, ModelInfo info)
    {
        foreach (var (name, bytes) in ModelFiles.Encode(new StoredModel(weights, info)))
            WholeFile.Write(In(name), bytes);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
