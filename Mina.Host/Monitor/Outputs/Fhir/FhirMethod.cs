using Mina.Host.Shell;
using Mina.Model;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>What found an episode.</summary>
/// <param name="Software">The version of Mina, with its commit.</param>
/// <param name="Network">The kind of network.</param>
/// <param name="ModelSha256">SHA-256 of the network's weights; empty where the model's file has none.</param>
/// <param name="HasRhythmLevel">Whether episodes come from the rhythm level.</param>
internal sealed record FhirMethod(string Software, string Network, string ModelSha256, bool HasRhythmLevel)
{
    /// <summary>The method of a detector.</summary>
    public static FhirMethod Of(Detector detector) =>
        new(ProductVersion.Text, detector.Info.Network, detector.Info.WeightsSha256, detector.Rhythm is not null);
}
