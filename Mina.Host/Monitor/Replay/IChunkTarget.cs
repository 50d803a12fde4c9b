using Mina.Preprocess;

namespace Mina.Host.Monitor.Replay;

/// <summary>Where a replayed device sends its chunks.</summary>
internal interface IChunkTarget : IAsyncDisposable
{
    /// <summary>Sends a chunk and waits until it is acknowledged; connects, also again, where needed.</summary>
    /// <exception cref="ProblemException">It was refused for good.</exception>
    /// <exception cref="IOException">It did not get through; trying again is of use.</exception>
    Task SendAsync(string stream, byte[] message, CancellationToken cancel);
}

/// <summary>Makes the target of an address.</summary>
internal static class ChunkTarget
{
    /// <summary>mqtt://, mqtts://, ws://, wss://, http:// or https://.</summary>
    public static IChunkTarget Create(string address, string? token) =>
        (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Scheme : null) switch
        {
            "mqtt" or "mqtts" => new MqttTarget(address, token),
            "ws" or "wss" => new WebSocketTarget(address, token),
            "http" or "https" => new HttpTarget(address, token),
            _ => throw new ProblemException($"--to {address} is no address; write mqtt://127.0.0.1:1883, ws://127.0.0.1:5080 or http://127.0.0.1:5080."),
        };
}
