using System.Globalization;
using Spectre.Console;

namespace Mina.Host.Shell;

/// <summary>The progress of a long job: done of total, in any unit, and a note such as "1,204 windows, 35 MB/s".</summary>
public readonly record struct ProgressState(double Done, double Total, string Details);

/// <summary>
/// Shows a long job's progress on stderr: a bar with the time left on a terminal, a plain line every few seconds in a pipe
/// or a log.
/// </summary>
public static class ProgressView
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PlainFirst = TimeSpan.FromSeconds(2);

    /// <summary>The console that progress and messages go to; results go to stdout.</summary>
    public static IAnsiConsole Error { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
        Interactive = Console.IsErrorRedirected ? InteractionSupport.No : InteractionSupport.Detect,
    });

    /// <summary>Runs a job that reports its progress as often as it likes.</summary>
    public static Task<T> RunAsync<T>(string title, TimeProvider time, Func<Action<ProgressState>, Task<T>> job) =>
        IsLive ? RunLiveAsync(title, time, job) : RunPlainAsync(title, time, Console.Error, job);

    /// <summary>Prints a line of results while a job runs. On a terminal it stands above the bar, which would otherwise be drawn over it.</summary>
    public static void PrintResult(string line)
    {
        if (IsLive && !Console.IsOutputRedirected)
            Error.WriteLine(line);
        else
            Console.WriteLine(line);
    }

    private static bool IsLive => !Console.IsErrorRedirected && Error.Profile.Capabilities.Interactive;

    private static Task<T> RunLiveAsync<T>(string title, TimeProvider time, Func<Action<ProgressState>, Task<T>> job) =>
        new Progress(Error, time)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(),
                new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                task.IsIndeterminate = true;
                return await job(state =>
                {
                    task.IsIndeterminate = !(state.Total > 0);
                    if (state.Total > 0)
                        (task.MaxValue, task.Value) = (state.Total, state.Done);
                    task.Description = Markup.Escape($"{title}  {state.Details}");
                }).ConfigureAwait(false);
            });

    /// <summary>Runs a job and reports its progress as plain lines, as a pipe or a log gets them.</summary>
    public static async Task<T> RunPlainAsync<T>(string title, TimeProvider time, TextWriter output, Func<Action<ProgressState>, Task<T>> job)
    {
        var began = time.GetTimestamp();
        var next = PlainFirst;
        var gate = new Lock();
        return await job(state =>
        {
            var elapsed = time.GetElapsedTime(began);
            lock (gate)
            {
                if (elapsed < next)
                    return;
                next = elapsed + PlainInterval;
            }

            output.WriteLine(PlainLine(title, state, elapsed));
        }).ConfigureAwait(false);
    }

    /// <summary>Formats a line of progress, such as <c>ingest 42 % (1,204 windows, 35 MB/s), 1:10 left</c>.</summary>
    public static string PlainLine(string title, ProgressState state, TimeSpan elapsed)
    {
        if (!(state.Total > 0))
            return $"{title} ({state.Details}), {Clock(elapsed)} so far";
        var share = Math.Clamp(state.Done / state.Total, 0, 1);
        var left = share > 0 ? $"{Clock(elapsed * ((1 - share) / share))} left" : "time left not known yet";
        return string.Create(CultureInfo.InvariantCulture, $"{title} {share * 100:0} % ({state.Details}), {left}");
    }

    /// <summary>Formats a duration as <c>1:10</c> or <c>1:02:03</c>.</summary>
    public static string Clock(TimeSpan span) =>
        span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : $"{span.Minutes}:{span.Seconds:00}";
}
