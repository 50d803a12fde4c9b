using System.CommandLine;
using System.Globalization;
using Mina.Host.Monitor.Replay;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina replay FILE --to mqtt://127.0.0.1:1883</c>: sends recordings as if devices sent them.</summary>
internal static class ReplayCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = $"A recording ({RecordingFormats.All.MainExtensions(", ")}), or a folder or .zip of them, which are sent at once, "
                + "each as a stream of its own.",
        };
        var to = new Option<string>("--to")
        {
            Description = "The address of the monitor or broker: mqtt://, ws:// or http://host:port.",
            DefaultValueFactory = _ => "mqtt://127.0.0.1:1883",
        };
        var stream = new Option<string?>("--stream") { Description = "The name of the stream. Default: the id of the recording." };
        var speed = new Option<string>("--speed")
        {
            Description = "The speed: 1 is real time, 20 is twenty times as fast, max is as fast as possible.",
            DefaultValueFactory = _ => "1",
        };
        var chunk = new Option<double>("--chunk") { Description = "The number of seconds of signal in a message.", DefaultValueFactory = _ => 1 };
        var lead = CommonOptions.Lead();
        var fs = CommonOptions.Fs();
        var token = new Option<string?>("--token") { Description = "The monitor's token. Default: MINA_Monitor__Token." };
        var retry = new Option<double>("--retry")
        {
            Description = "The number of seconds for which a chunk that does not get through is sent again.",
            DefaultValueFactory = _ => 60,
        };
        var command = new Command("replay", "Send recordings to a monitor as a device would, in real time or faster.")
        {
            file,
            to,
            stream,
            speed,
            chunk,
            lead,
            fs,
            token,
            retry,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => RunAsync(
            parsed.GetRequiredValue(file),
            new Request(
                parsed.GetRequiredValue(to),
                parsed.GetValue(stream),
                SpeedOf(parsed.GetRequiredValue(speed)),
                parsed.GetValue(chunk) is > 0 and <= 60 and var seconds ? seconds : throw new ProblemException("--chunk must be more than 0 and at most 60 s."),
                parsed.ReadOptionsOf(lead, fs),
                parsed.GetValue(token) ?? Environment.GetEnvironmentVariable("MINA_Monitor__Token"),
                TimeSpan.FromSeconds(parsed.GetValue(retry))),
            stop)));
        return command;
    }

    private sealed record Request(string To, string? Stream, double Speed, double ChunkSeconds, ReadOptions Read, string? Token, TimeSpan Retry);

    private static double SpeedOf(string text) =>
        text == "max" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed > 0 ? speed
        : throw new ProblemException($"--speed {text} is not a speed; write, for example, 1, 20 or max.");

    private static async Task<int> RunAsync(string path, Request request, CancellationToken stop)
    {
        var recordings = new List<Recording>();
        using (var folder = RecordingFolder.Open(path))
        {
            foreach (var entry in folder.Entries)
            {
                var (recording, rejection) = entry.Read(request.Read);
                if (recording is null)
                    await Console.Error.WriteLineAsync($"mina: {rejection!.Message}").ConfigureAwait(false);
                else if (recording.Fs is not (>= Preprocessor.LowestFs and <= Preprocessor.HighestFs))
                    await Console.Error.WriteLineAsync(WhyNot(entry, recording.Fs)).ConfigureAwait(false);
                else
                    recordings.Add(recording);
            }

            if (recordings.Count == 0)
                return ExitCodes.Failed;
            if (request.Stream is not null && recordings.Count > 1)
                throw new ProblemException(
                    $"--stream names one stream, and {path} holds {recordings.Count} recordings; leave it out, and each has its own name.");
        }

        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var seconds = recordings.Sum(recording => recording.Seconds);
        var to = AddressOf(request.To);
        var sent = await ProgressView.RunAsync("replay", time, report =>
        {
            var (done, gate) = (0.0, new Lock());
            void Sent(SampleChunk chunk)
            {
                lock (gate)
                {
                    done += chunk.Millivolts.Length / chunk.Fs;
                    report(new ProgressState(
                        done, seconds, string.Create(CultureInfo.InvariantCulture, $"{done:0} of {seconds:0} s, {recordings.Count} streams to {to}")));
                }
            }

            return Task.WhenAll(recordings.Select(recording =>
                SendAsync(recording, request.Stream ?? recording.Id.Replace('/', '.'), request, Sent, time, stop)));
        }).ConfigureAwait(false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{recordings.Count} streams, {sent.Sum()} chunks, {seconds:0} s of signal in {time.GetElapsedTime(began).TotalSeconds:0.0} s to {to}"));
        return ExitCodes.Done;
    }

    // Such a recording of numerics lies beside many a waveform; the monitor would refuse each of its chunks.
    private static string WhyNot(RecordingEntry entry, double fs) => FormattableString.Invariant(
        $"mina: {entry.Location}: its sampling frequency of {fs} Hz is outside {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz; it is not replayed.");

    /// <summary>The address without the user and password that it may hold.</summary>
    private static string AddressOf(string to) =>
        Uri.TryCreate(to, UriKind.Absolute, out var uri) ? uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : to;

    private static async Task<long> SendAsync(
        Recording recording, string stream, Request request, Action<SampleChunk> onSent, TimeProvider time, CancellationToken stop)
    {
        if (!StreamName.IsValid(stream))
            throw new ProblemException($"'{stream}' cannot name a stream: 1 to 64 letters, digits, dots, hyphens and underscores; give --stream.");
        var length = TimeSpan.FromSeconds(recording.Seconds);
        var onTheWay = double.IsInfinity(request.Speed) ? TimeSpan.Zero : length / request.Speed;
        var began = time.GetTimestamp();
        // The last sample is taken when the replay ends, whatever its speed.
        var replay = new RecordingReplay(recording, time.GetUtcNow() + onTheWay - length, request.ChunkSeconds);
        await using var target = ChunkTarget.Create(request.To, request.Token);
        var sent = 0L;
        foreach (var chunk in replay.Chunks())
        {
            if (onTheWay > TimeSpan.Zero)
            {
                var wait = (replay.Due(chunk) / request.Speed) - time.GetElapsedTime(began);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, stop).ConfigureAwait(false);
            }

            await SendWithRetryAsync(target, stream, ChunkBinary.Write(chunk), request.Retry, time, stop).ConfigureAwait(false);
            sent++;
            onSent(chunk);
        }

        return sent;
    }

    // A chunk whose answer got lost is sent again; the monitor recognises it by its number.
    private static async Task SendWithRetryAsync(IChunkTarget target, string stream, byte[] message, TimeSpan retry, TimeProvider time, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await target.SendAsync(stream, message, stop).ConfigureAwait(false);
                return;
            }
            catch (IOException) when (time.GetElapsedTime(began) < retry)
            {
                await Task.Delay(Pause, time, stop).ConfigureAwait(false);
            }
        }
    }
}
