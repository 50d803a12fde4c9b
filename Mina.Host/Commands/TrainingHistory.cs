using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Commands;

/// <summary>The figures of each epoch of a training run as CSV, for whatever draws curves.</summary>
internal static class TrainingHistory
{
    private static readonly TableColumn<EpochResult>[] Columns =
    [
        TableColumn<EpochResult>.Whole("epoch", epoch => epoch.Epoch),
        TableColumn<EpochResult>.Whole("steps", epoch => epoch.Steps),
        TableColumn<EpochResult>.Number("learning_rate", epoch => epoch.LearningRate),
        TableColumn<EpochResult>.Number("train_loss", epoch => epoch.TrainLoss),
        TableColumn<EpochResult>.Number("validation_loss", epoch => epoch.ValidationLoss),
        TableColumn<EpochResult>.Number("validation_roc_auc", epoch => epoch.ValidationRocAuc),
        TableColumn<EpochResult>.Whole("validation_windows", epoch => epoch.ValidationWindows),
    ];

    /// <summary>Writes the file in place of the one before it.</summary>
    public static void Save(string path, IEnumerable<EpochResult> epochs) => TableFile.Write(path, Columns, epochs);
}
