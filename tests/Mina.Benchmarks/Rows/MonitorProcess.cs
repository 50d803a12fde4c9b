using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace Mina.Benchmarks;

/// <summary>The real <c>mina monitor</c> of a Release build, with its files in a folder of its own. It can be killed and started again on them.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mina-benchmark-");
    private readonly HttpClient _http;
    private readonly ProcessStartInfo _start;
    private Process? _process;

    /// <summary>A monitor that has not started.</summary>
    /// <param name="streams">How many it takes.</param>
    public MonitorProcess(int streams)
    {
        var mina = File.Exists(Options.Mina) ? Options.Mina : throw new BenchmarkException($"{Options.Mina} is not there; run 'dotnet build -c Release'");
        Broker = FreePort();
        var page = FreePort();
        _start = new ProcessStartInfo(mina, ["monitor", "--broker", $"127.0.0.1:{Broker}", "--port", $"{page}", "--database", Database])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _start.Environment["MINA_Monitor__MaxStreams"] = $"{streams}";
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{page}") };
    }

    /// <summary>Its MQTT port.</summary>
    public int Broker { get; }

    /// <summary>The process that runs.</summary>
    public Process Process => _process ?? throw new BenchmarkException("the monitor was not started");

    /// <summary>Bytes of all its files.</summary>
    public long DiskBytes => _folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    private string Database => Path.Combine(_folder.FullName, "monitor.db");

    /// <summary>Starts it; it is not ready yet.</summary>
    public void Start()
    {
        _process = Process.Start(_start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until it answers.</summary>
    public async Task ReadyAsync()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60) && !Process.HasExited;)
        {
            try
            {
                await _http.GetStringAsync("/metrics").ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20).ConfigureAwait(false);
            }
        }

        throw new BenchmarkException("the monitor did not start in a minute");
    }

    /// <summary>What its /metrics say now.</summary>
    public async Task<MonitorReading> ReadAsync() => MonitorReading.Parse(await _http.GetStringAsync("/metrics").ConfigureAwait(false));

    /// <summary>A number of its database.</summary>
    /// <param name="sql">A query of one row and column.</param>
    /// <param name="argument">What <c>$1</c> stands for.</param>
    public long Number(string sql, long argument = 0)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$1", argument);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Kills it, as a loss of power would end it.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _http.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
