using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>
/// Writes every segment beside the monitoring (<c>--record</c>). What goes wrong with it ends the recording, says so, and never the verdicts.
/// </summary>
/// <remarks>Disposed after the monitor, which drains into it.</remarks>
/// <param name="recorder">Writes them.</param>
/// <param name="metrics">Counts what was lost.</param>
/// <param name="log">Told once.</param>
public sealed class SideRecorder(SegmentRecorder recorder, MonitorMetrics metrics, ILogger<SideRecorder> log) : IDisposable
{
    private volatile string? _failure;

    /// <summary>Why nothing is recorded any more; null: it is.</summary>
    public string? Failure => _failure;

    /// <summary>Writes the windows that have a segment.</summary>
    public void Write(IReadOnlyList<LiveWindow> windows)
    {
        if (_failure is null)
        {
            try
            {
                recorder.Write(windows);
                return;
            }
            catch (Exception e)
            {
                _failure = e.Message;
                log.LogError(e, "Segments are no longer recorded; verdicts go on");
            }
        }

        metrics.Unrecorded(windows.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            recorder.Dispose();
        }
        catch (Exception e) when (_failure is not null)
        {
            log.LogWarning("The shards that were open could not be finished ({Why})", e.Message);
        }
    }
}
