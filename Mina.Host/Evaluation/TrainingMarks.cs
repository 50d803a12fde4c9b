using System.Globalization;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>The number of some recordings that a model has learned from. Figures on those say nothing about people that it has not seen.</summary>
/// <param name="Recordings">The number of the recordings.</param>
/// <param name="Network">The recordings that the network has learned from; null where that is not known.</param>
/// <param name="Rhythm">The recordings that the rhythm level has learned from; null where that is not known or the level was not used.</param>
/// <param name="Either">The recordings that at least one of the two has learned from.</param>
/// <param name="UsesRhythm">Whether the rhythm level was used.</param>
public sealed record TrainingMarks(int Recordings, int? Network, int? Rhythm, int Either, bool UsesRhythm)
{
    /// <summary>Counts the recordings that a model has learned from.</summary>
    /// <param name="recordings">The keys of each recording (<see cref="TrainedOn"/>).</param>
    /// <param name="network">The recordings that the network has learned from.</param>
    /// <param name="rhythm">The recordings that the rhythm level has learned from; null where it was not used.</param>
    public static TrainingMarks Count(IReadOnlyCollection<string[]> recordings, TrainedOn network, TrainedOn? rhythm)
    {
        var byRhythm = rhythm ?? TrainedOn.Unknown;
        return new TrainingMarks(
            recordings.Count,
            network.IsKnown ? recordings.Count(network.ContainsAny) : null,
            byRhythm.IsKnown ? recordings.Count(byRhythm.ContainsAny) : null,
            recordings.Count(keys => network.ContainsAny(keys) || byRhythm.ContainsAny(keys)),
            rhythm is not null);
    }

    /// <summary>A sentence that a reader of the figures must know; null where there is none.</summary>
    public string? Warning
    {
        get
        {
            if (Either > 0)
            {
                var who = (Network, Rhythm) switch
                {
                    ( > 0, > 0) => "the network or the rhythm level was",
                    ( > 0, _) => "the network was",
                    _ => "the rhythm level was",
                };
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"On {Either} of these {Recordings} recordings {who} trained: the figures flatter, and say "
                    + $"little about people whom the model has not seen.");
            }

            return Network is null || (UsesRhythm && Rhythm is null)
                ? "What the model was trained on is not known (it has no trained-on.json): make sure that it was on none of these people."
                : null;
        }
    }
}
