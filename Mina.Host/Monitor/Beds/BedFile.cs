using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Monitor.Beds;

/// <summary>
/// A CSV file of all beds that have patients, kept by somebody else: read at the start and when it changes. A bed that is not in it is
/// discharged. While it cannot be read, the beds stay as they are, and the page says why.
/// </summary>
/// <param name="monitor">Has the beds.</param>
/// <param name="options">Name the file.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Says when it was read.</param>
internal sealed class BedFile(MonitorService monitor, MonitorOptions options, TimeProvider time, ILogger<BedFile> log) : BackgroundService
{
    private const string Columns = "name, unit, patient, stream, paced, af_alarm_off";
    private const long MaxBytes = 4 << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly string[] Known = Columns.Split(", ");

    private string? _applied;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Beds is null)
            return;
        if (await LookAsync(cancellationToken) is { } fault)
            throw new ProblemException($"{fault}.");
        await base.StartAsync(cancellationToken);
    }

    /// <summary>The beds of a file's text.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="beds">The beds.</param>
    /// <returns>What is wrong with it, in a sentence without a full stop; null: nothing.</returns>
    public static string? Read(string text, out IReadOnlyList<BedEntry> beds)
    {
        var found = new List<BedEntry>();
        beds = found;
        var (names, streams) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        try
        {
            var (header, rows) = CsvTable.Read(text);
            if (header.Count == 0)
                return $"it is empty; its first line names the columns: {Columns}";
            if (header.FirstOrDefault(column => !Known.Contains(column)) is { } other)
                return $"there is no column '{PlainText.Clean(other)}'; there are {Columns}";
            if (!header.Contains("name"))
                return $"it has no column 'name'; the columns are {Columns}";
            foreach (var (line, cells) in rows)
            {
                string? Cell(string column) => cells.TryGetValue(column, out var cell) && cell.Length > 0 ? cell : null;
                bool? Truth(string column) => Cell(column) is not { } cell ? false : bool.TryParse(cell, out var truth) ? truth : null;
                if (Truth("paced") is not { } paced || Truth("af_alarm_off") is not { } off)
                    return $"line {line}: paced and af_alarm_off are true or false";
                var bed = new BedEntry(Cell("name") ?? "", Cell("unit"), Cell("patient"), Cell("stream"), paced, off);
                if (bed.Fault is { } fault)
                    return $"line {line}: {fault}";
                if (!names.Add(bed.Name) || !streams.Add(bed.Feed))
                    return $"line {line}: a bed of this name, or of this stream, stands above it";
                found.Add(bed);
            }

            return null;
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            monitor.ReportEdge("beds", await LookAsync(stoppingToken));
    }

    // The rest of a sentence: what keeps the file from being applied.
    private async Task<string?> LookAsync(CancellationToken cancel)
    {
        try
        {
            var text = PlainFile.ReadAllText(options.Beds!, MaxBytes);
            if (text == _applied)
                return null;
            var fault = Read(text, out var beds) is { } wrong ? wrong : await ApplyAsync(beds, cancel);
            if (fault is not null)
                return $"the file of beds {options.Beds} is not taken: {fault}";
            _applied = text;
            log.LogInformation("{Count} beds were read from {File}", beds.Count, options.Beds);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the file of beds {options.Beds} cannot be read ({e.Message.TrimEnd('.')})";
        }
        catch (StoreException e)
        {
            return $"the file of beds {options.Beds} cannot be stored ({e.Message.TrimEnd('.')})";
        }
    }

    // First who leaves, so that a stream can go to another bed.
    private async Task<string?> ApplyAsync(IReadOnlyList<BedEntry> entries, CancellationToken cancel)
    {
        var listed = entries.ToDictionary(entry => entry.Name.Trim(), StringComparer.Ordinal);
        var present = monitor.Beds.All.Where(bed => bed.State != BedState.Discharged).ToList();
        foreach (var bed in present.Where(bed => !listed.TryGetValue(bed.Name, out var entry) || IsOtherPatient(entry, bed) || entry.Feed != bed.Stream))
            await monitor.Beds.DischargeAsync(bed.Name, cancel);
        foreach (var entry in entries)
        {
            if (await monitor.Beds.AdmitAsync(entry, cancel) is { Bed: null, Reason: var reason })
                return reason;
        }

        return null;
    }

    private static bool IsOtherPatient(BedEntry entry, BedStatus bed) =>
        bed.Patient is not null && BedEntry.Trim(entry.Patient) is { } patient && patient != bed.Patient;
}
