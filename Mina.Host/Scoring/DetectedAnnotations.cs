using System.Text.Json;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Scoring;

/// <summary>The annotations of a detector for each record, in any of the forms that <c>score</c> reads.</summary>
internal abstract class DetectedAnnotations
{
    /// <summary>Finds the annotations of a record.</summary>
    /// <exception cref="ProblemException">There are none for this record, or they cannot be read.</exception>
    public abstract RecordAnnotations Find(ReferenceRecord reference);

    /// <summary>The names of the files that were read, with their bytes.</summary>
    public abstract IEnumerable<(string Name, byte[] Bytes)> Inputs { get; }

    /// <summary>Opens TEST: a <c>.csv</c> of episodes, a <c>.json</c> of classify, or annotation files.</summary>
    /// <param name="path">The path of TEST.</param>
    /// <param name="annotator">The annotator of annotation files.</param>
    /// <param name="isForOne">Whether there is only one record to be scored, to which a single annotation file then belongs whatever its name is.</param>
    /// <exception cref="ProblemException">The file does not exist or cannot be read.</exception>
    public static DetectedAnnotations Open(string path, string annotator, bool isForOne) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" when File.Exists(path) => EpisodeTable.Csv(path),
        ".JSON" when File.Exists(path) => EpisodeTable.Json(path),
        _ => new AnnotationFiles(WfdbAnnotationFolder.Open(path, annotator), isForOne),
    };

    private sealed class AnnotationFiles(WfdbAnnotationFolder folder, bool isForOne) : DetectedAnnotations
    {
        private readonly List<(string, byte[])> _inputs = [];

        public override IEnumerable<(string Name, byte[] Bytes)> Inputs => _inputs;

        public override RecordAnnotations Find(ReferenceRecord reference)
        {
            var name = folder.Find(reference.Name) ?? (isForOne && folder.Names.Count == 1 ? folder.Names.First() : null)
                ?? throw new ProblemException($"record {reference.Name} has no annotations to be scored.");
            var file = folder.Read(name);
            _inputs.Add((name, file.Bytes));
            var fs = file.Fs ?? reference.Fs;
            return reference.Detected(
                ReferenceRecord.RhythmsOf(file.Annotations, fs), Ec57.MarksOf(file.Annotations, reference.Fs / fs, reference.Window));
        }
    }

    /// <summary>A table of episodes by record. A record that it does not name has none.</summary>
    private sealed class EpisodeTable : DetectedAnnotations
    {
        private readonly Dictionary<string, List<RhythmSpan>> _episodes = new(StringComparer.Ordinal);
        private readonly (string, byte[]) _input;
        private readonly bool _isWhole;
        private readonly string _path;

        private EpisodeTable(string path, bool isWhole)
        {
            (_path, _isWhole) = (path, isWhole);
            try
            {
                _input = (Path.GetFileName(path), File.ReadAllBytes(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ProblemException($"{path} cannot be read ({e.Message.TrimEnd('.')}): check its permissions.", e);
            }
        }

        public override IEnumerable<(string Name, byte[] Bytes)> Inputs => [_input];

        public override RecordAnnotations Find(ReferenceRecord reference)
        {
            if (_episodes.TryGetValue(reference.Annotations.Id, out var episodes) || _episodes.TryGetValue(reference.Name, out episodes))
                return reference.Detected([.. episodes.OrderBy(e => e.StartSeconds)]);
            return _isWhole ? reference.Detected([]) : throw new ProblemException($"{_path} says nothing of record {reference.Name}.");
        }

        public static EpisodeTable Csv(string path)
        {
            var table = new EpisodeTable(path, isWhole: true);
            foreach (var row in EpisodeCsv.Read(path, table._input.Item2))
                table.Add(row.Record, row.Start, row.End);
            return table;
        }

        public static EpisodeTable Json(string path)
        {
            var table = new EpisodeTable(path, isWhole: false);
            try
            {
                using var json = JsonDocument.Parse(table._input.Item2);
                var root = json.RootElement;
                foreach (var recording in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
                {
                    var id = recording.GetProperty("recording").GetString() ?? "";
                    table._episodes.TryAdd(id, []);
                    foreach (var episode in recording.GetProperty("episodes").EnumerateArray())
                        table.Add(id, episode.GetProperty("start_s").GetDouble(), episode.GetProperty("end_s").GetDouble());
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new ProblemException($"{path} is not what 'mina classify --json' prints: {e.Message}", e);
            }

            return table;
        }

        private void Add(string record, double start, double end)
        {
            if (!_episodes.TryGetValue(record, out var episodes))
                _episodes[record] = episodes = [];
            episodes.Add(new RhythmSpan("AFIB", start, end));
        }
    }
}
