namespace Mina.Host.Commands;

/// <summary>Passes each report on at once, on the reporting thread, where <see cref="Progress{T}"/> would queue it.</summary>
/// <param name="report">What is done with a report.</param>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
