using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Live;

/// <summary>Preprocessors that streams take turns with: as many as work at once, not one a stream. Any thread.</summary>
/// <param name="settings">Of all of them.</param>
public sealed class PreprocessorPool(PreprocessSettings settings)
{
    private readonly ConcurrentBag<Preprocessor> _free = [];

    /// <summary>One that nobody else has. A live window depends on nothing that was cut before.</summary>
    public Preprocessor Rent() => _free.TryTake(out var preprocessor) ? preprocessor : new Preprocessor(settings);

    /// <summary>Takes it back.</summary>
    public void Return(Preprocessor preprocessor) => _free.Add(preprocessor);
}
