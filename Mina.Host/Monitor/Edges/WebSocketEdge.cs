using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Mina.Host.Monitor.Api;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="WebSocketEdge"/>.</summary>
/// <param name="MaxMessageBytes">The largest message, bytes; a longer one is not read to its end.</param>
public sealed record WebSocketEdgeOptions(int MaxMessageBytes)
{
    /// <summary>Takes the options from the monitor's settings.</summary>
    public static WebSocketEdgeOptions From(MonitorOptions settings) => new(settings.MaxMessageBytes);
}

/// <summary>
/// An edge for chunks over a WebSocket at <c>/streams/STREAM</c>. Each message is answered by <c>{"ok":true}</c>, when it is on disk and in its
/// stream's queue, or by <c>{"error":"..."}</c>. A client that does not wait for the answer is slowed down by TCP.
/// </summary>
/// <remarks>The application has to call <c>UseWebSockets</c> before it maps this edge.</remarks>
internal sealed class WebSocketEdge(Intake intake, WebSocketEdgeOptions options, IHostApplicationLifetime lifetime) : IEdge
{
    private const int UsualBytes = 16 * 1024;

    /// <inheritdoc/>
    public string Name => "websocket";

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/streams/{id}", (HttpContext context, string id) => ServeAsync(context, id)).ExcludeFromDescription();

    private async Task<IResult> ServeAsync(HttpContext context, string id)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Results.Json(
                new Refusal("this is a WebSocket; or post chunks to /streams/STREAM/samples"),
                statusCode: StatusCodes.Status426UpgradeRequired);
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await TakeAsync(socket, id, gone.Token).ConfigureAwait(false);
            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The device has gone, or the monitor is stopping.
        }

        return Results.Empty;
    }

    private async Task TakeAsync(WebSocket socket, string id, CancellationToken gone)
    {
        var buffer = new ArrayBufferWriter<byte>(UsualBytes);
        using var place = intake.Room.Open();
        while (socket.State == WebSocketState.Open)
        {
            place.Dispose();
            buffer.ResetWrittenCount();
            // A socket that has once sent a large message does not keep its room.
            if (buffer.Capacity > 4 * UsualBytes)
                buffer = new ArrayBufferWriter<byte>(UsualBytes);
            if (await ReceiveAsync(socket, buffer, place, gone).ConfigureAwait(false) is not { } hasRoom)
                return;
            var answer = hasRoom
                ? await intake.TakeAsync(Name, id, new ReadOnlySequence<byte>(buffer.WrittenMemory), place, gone).ConfigureAwait(false)
                : intake.RefuseForRoom(Name, id);
            var reply = answer.Result == IntakeResult.Taken
                ? """{"ok":true}"""u8.ToArray()
                : JsonSerializer.SerializeToUtf8Bytes(new Refusal(answer.Reason!), MonitorJson.Default.Refusal);
            await socket.SendAsync(reply, WebSocketMessageType.Text, endOfMessage: true, gone).ConfigureAwait(false);
            if (answer.Result != IntakeResult.TooLarge)
                continue;
            await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, null, gone).ConfigureAwait(false);
            return;
        }
    }

    /// <summary>Reads one message; one that is too long is read only until that is known.</summary>
    /// <returns>Whether there was room for it; where there was none, it is read to its end and forgotten. Null: the other side closes the connection.</returns>
    private async Task<bool?> ReceiveAsync(WebSocket socket, ArrayBufferWriter<byte> buffer, MessageRoom.Place place, CancellationToken cancel)
    {
        var hasRoom = true;
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.GetMemory(4096), cancel).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
                return null;
            if (hasRoom)
                buffer.Advance(got.Count);
            if (hasRoom && !place.TryGrow(buffer.WrittenCount))
            {
                hasRoom = false;
                place.Dispose();
                buffer = new ArrayBufferWriter<byte>(UsualBytes);
            }

            if (got.EndOfMessage || buffer.WrittenCount > options.MaxMessageBytes)
                return hasRoom;
        }
    }
}
