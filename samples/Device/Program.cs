// A device: sends a recording to the monitor by WebSocket, one second of signal in each message.
//
//     dotnet run --project samples/Device -- RECORDING ws://127.0.0.1:5080/streams/bed-7
//
// The last argument may be a speed: 1 is real time, 20 is faster. docs/wire-protocol.md describes the messages.
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Mina.Preprocess.Streams;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;

if (args.Length is not (2 or 3))
{
    Console.Error.WriteLine("usage: device RECORDING ws://HOST:PORT/streams/NAME [SPEED]");
    return 1;
}

var speed = args.Length == 3 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 1;
using var folder = RecordingFolder.Open(args[0]);
var (recording, rejection) = folder.Entries[0].Read(new ReadOptions());
if (recording is null)
{
    Console.Error.WriteLine(rejection!.Message);
    return 1;
}

using var socket = new ClientWebSocket();
await socket.ConnectAsync(new Uri(args[1]), CancellationToken.None);
var start = DateTimeOffset.UtcNow;
var chunkLength = (int)recording.Fs;
var sequence = 0;
var answer = new byte[4096];
for (var at = 0; at < recording.Samples.Length; at += chunkLength)
{
    var end = Math.Min(at + chunkLength, recording.Samples.Length);
    var due = start + (TimeSpan.FromSeconds(end / recording.Fs) / speed);
    if (due - DateTimeOffset.UtcNow is { Ticks: > 0 } wait)
        await Task.Delay(wait);

    var chunk = new SampleChunk(sequence++, start.AddSeconds(at / recording.Fs), recording.Fs, recording.Samples[at..end], end == recording.Samples.Length);
    await socket.SendAsync(ChunkBinary.Write(chunk), WebSocketMessageType.Binary, true, CancellationToken.None);

    // The answer is the acknowledgement. A device that gets none sends the same chunk again, with the same sequence number.
    var received = await socket.ReceiveAsync(answer, CancellationToken.None);
    var text = Encoding.UTF8.GetString(answer, 0, received.Count);
    if (!text.Contains("\"ok\":true", StringComparison.Ordinal))
    {
        Console.Error.WriteLine(text);
        return 1;
    }
}

await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
Console.WriteLine($"{sequence} chunks of {recording.Id} sent");
return 0;
