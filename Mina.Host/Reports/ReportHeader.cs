using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>What a report says before its figures. All text is shown as it is: markup in it has no effect.</summary>
/// <param name="Title">The heading, and the title of the page.</param>
/// <param name="Model">Facts about the model (name, fingerprint, epochs, ...), in the order shown.</param>
/// <param name="Data">Facts about the data (folder, split, recordings, ...), in the order shown.</param>
public sealed record ReportHeader(
    string Title,
    IReadOnlyList<KeyValuePair<string, string>> Model,
    IReadOnlyList<KeyValuePair<string, string>> Data)
{
    /// <summary>A line under the heading (when and with what it was made, say); null: none.</summary>
    public string? Subtitle { get; init; }

    /// <summary>The epochs of the model's training, drawn as learning curves; empty: not drawn.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];
}
