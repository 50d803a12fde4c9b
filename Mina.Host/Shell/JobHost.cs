namespace Mina.Host.Shell;

/// <summary>
/// Runs one job as a hosted service on the Generic Host: Ctrl-C and SIGTERM cancel it, and the process waits until it has
/// stopped cleanly.
/// </summary>
public static class JobHost
{
    /// <summary>The time that a job has, once it is stopped, to finish what it must not leave half done.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs the job until it ends or is stopped.</summary>
    /// <returns>The job's exit code.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> job)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.AddSingleton(new Job(job));
        builder.Services.AddHostedService<JobService>();
        using var host = builder.Build();
        var work = host.Services.GetRequiredService<Job>();
        await host.RunAsync().ConfigureAwait(false);
        return await work.Result.Task.ConfigureAwait(false);
    }

    private sealed class Job(Func<CancellationToken, Task<int>> run)
    {
        public Func<CancellationToken, Task<int>> Run { get; } = run;

        public TaskCompletionSource<int> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class JobService(Job job, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                // The job leaves the start-up path, so that a job that never awaits can be stopped too.
                job.Result.TrySetResult(await Task.Run(() => job.Run(stoppingToken), CancellationToken.None).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                job.Result.TrySetException(e);
            }
            finally
            {
                lifetime.StopApplication();
            }
        }
    }
}
