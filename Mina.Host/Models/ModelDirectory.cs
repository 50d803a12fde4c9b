using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Models;

/// <summary>The files of a model: weights, what they are, the checkpoint that training goes on from, the log, the curves.</summary>
/// <param name="Path">The folder.</param>
public sealed record ModelDirectory(string Path)
{
    private const long MaxCheckpointBytes = 1L << 30;

    /// <summary>The weights, as safetensors under PyTorch's names.</summary>
    public string Weights => In(ModelFiles.WeightsName);

    /// <summary>What the weights are: data, settings, recipe, seed, epochs, threshold.</summary>
    public string Info => In(ModelFiles.InfoName);

    /// <summary>Where training stands, with the optimizer's state.</summary>
    public string Checkpoint => In("checkpoint.safetensors");

    /// <summary>One line a logged step and epoch.</summary>
    public string Log => In("training.log");

    /// <summary>Loss and validation over the epochs.</summary>
    public string Curves => In("curves.png");

    /// <summary>The same as a vector picture.</summary>
    public string CurvesSvg => In("curves.svg");

    /// <summary>Loads its two halves, to change one.</summary>
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

    /// <summary>Keeps the checkpoint, in place of the last one.</summary>
    public void Save(Checkpoint checkpoint) => WholeFile.Write(Checkpoint, checkpoint.Encode());

    /// <summary>Keeps the model.</summary>
    public void Save(float[] weights, ModelInfo info)
    {
        foreach (var (name, bytes) in ModelFiles.Encode(new StoredModel(weights, info)))
            WholeFile.Write(In(name), bytes);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
