namespace Mina.Host.Commands;

/// <summary>Reports at once and on the thread that reports; <see cref="Progress{T}"/> would queue.</summary>
/// <param name="report">What is done with a report.</param>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
