using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>The head of a report, before its figures. All text is shown as it is, and markup in it has no effect.</summary>
/// <param name="Title">The heading, and the title of the page.</param>
/// <param name="Model">Facts about the model (name, fingerprint, epochs, ...), in the order shown.</param>
/// <param name="Data">Facts about the data (folder, split, recordings, ...), in the order shown.</param>
public sealed record ReportHeader(
    string Title,
    IReadOnlyList<KeyValuePair<string, string>> Model,
    IReadOnlyList<KeyValuePair<string, string>> Data)
{
    /// <summary>A line under the heading, such as the date and the program; null where there is none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The epochs of the model's training, which are drawn as learning curves unless there are none.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];
}
