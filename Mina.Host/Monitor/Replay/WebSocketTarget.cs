using System.Net.WebSockets;
using System.Text;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Replay;

/// <summary>Sends to <c>/streams/STREAM</c>, and waits for each answer.</summary>
internal sealed class WebSocketTarget(string address, string? token) : IChunkTarget
{
    private readonly byte[] _answer = new byte[4096];
    private ClientWebSocket? _socket;

    /// <inheritdoc/>
    public async Task SendAsync(string stream, byte[] message, CancellationToken cancel)
    {
        try
        {
            if (_socket is not { State: WebSocketState.Open })
            {
                _socket?.Dispose();
                _socket = new ClientWebSocket();
                _socket.Options.CollectHttpResponseDetails = true;
                if (token is not null)
                    _socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
                await _socket.ConnectAsync(new Uri($"{address.TrimEnd('/')}/streams/{stream}"), cancel).ConfigureAwait(false);
            }

            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancel).ConfigureAwait(false);
            var got = await _socket.ReceiveAsync(_answer, cancel).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
                throw new IOException($"{address} closed the connection");
            var words = Encoding.UTF8.GetString(_answer, 0, got.Count);
            if (words.Contains("\"error\"", StringComparison.Ordinal))
                throw new ProblemException($"{address} refused a chunk: {words}");
        }
        catch (WebSocketException) when (_socket?.HttpStatusCode == System.Net.HttpStatusCode.Unauthorized)
        {
            throw new ProblemException($"{address} demands a token; give it with --token.");
        }
        catch (WebSocketException e)
        {
            throw new IOException($"{address} cannot be reached ({(e.InnerException ?? e).Message})", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_socket is { State: WebSocketState.Open })
        {
            try
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
            }
            catch (WebSocketException)
            {
                // It is gone, as it should be.
            }
        }

        _socket?.Dispose();
    }
}
