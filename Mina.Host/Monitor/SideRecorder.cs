using Mina.Streaming.Live;

namespace Mina.Host.Monitor;

/// <summary>
/// Writes every segment beside the monitoring (<c>--record</c>). A failure ends the recording, and is reported; the verdicts go on.
/// </summary>
/// <remarks>To be disposed of after the monitor, which writes to it until it has stopped.</remarks>
/// <param name="recorder">Writes the segments.</param>
/// <param name="metrics">Counts windows that were not recorded.</param>
/// <param name="log">Receives the failure, once.</param>
public sealed class SideRecorder(SegmentRecorder recorder, MonitorMetrics metrics, ILogger<SideRecorder> log) : IDisposable
{
    private volatile string? _failure;

    /// <summary>Why recording has stopped; null while it goes on.</summary>
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
