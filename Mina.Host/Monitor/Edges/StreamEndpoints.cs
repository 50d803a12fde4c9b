using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Mina.Host.Monitor.Edges;

/// <summary>Streams over HTTP: a WebSocket at <c>/streams/STREAM</c>, chunks posted to <c>/streams/STREAM/samples</c>; the same messages as by MQTT.</summary>
internal static class StreamEndpoints
{
    /// <summary>What went wrong.</summary>
    private sealed record Refusal(string Error);

    /// <summary>Adds them. WebSockets need <c>UseWebSockets</c> before.</summary>
    public static void Map(WebApplication app)
    {
        app.MapPost("/streams/{id}/samples", PostAsync)
            .WithSummary("A chunk of samples: the binary message, or the JSON one; of any content type")
            .Produces(StatusCodes.Status202Accepted);
        app.Map("/streams/{id}", SocketAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> PostAsync(HttpContext context, string id, Intake intake, MonitorOptions options)
    {
        byte[] message;
        try
        {
            // Kestrel ends a body over the limit.
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            message = body.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            return Results.Json(new Refusal(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"a message may have {options.MostMessageBytes} bytes; send smaller chunks" : e.Message), statusCode: e.StatusCode);
        }

        var answer = await intake.TakeAsync("http", id, new ReadOnlySequence<byte>(message), context.RequestAborted).ConfigureAwait(false);
        return answer.Result switch
        {
            IntakeResult.Taken => Results.Accepted(),
            IntakeResult.Bad => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status400BadRequest),
            IntakeResult.TooLarge => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status413PayloadTooLarge),
            IntakeResult.TooManyStreams => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status429TooManyRequests),
            _ => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status503ServiceUnavailable),
        };
    }

    // Each message is answered, {"ok":true} or {"error":"..."}, when it is in its stream's queue: a client that waits for that
    // cannot outrun the monitor, and one that does not waits in TCP.
    private static async Task<IResult> SocketAsync(HttpContext context, string id, Intake intake, MonitorOptions options, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Results.Json(new Refusal("this is a WebSocket; or post chunks to /streams/STREAM/samples"), statusCode: StatusCodes.Status426UpgradeRequired);
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var buffer = new ArrayBufferWriter<byte>(16 * 1024);
            while (socket.State == WebSocketState.Open)
            {
                buffer.ResetWrittenCount();
                if (!await ReceiveAsync(socket, buffer, options.MostMessageBytes, gone.Token).ConfigureAwait(false))
                    break;
                var answer = await intake.TakeAsync("websocket", id, new ReadOnlySequence<byte>(buffer.WrittenMemory), gone.Token).ConfigureAwait(false);
                var words = answer.Result == IntakeResult.Taken ? """{"ok":true}"""u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(new { error = answer.Words });
                await socket.SendAsync(words, WebSocketMessageType.Text, endOfMessage: true, gone.Token).ConfigureAwait(false);
                if (answer.Result == IntakeResult.TooLarge)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, null, gone.Token).ConfigureAwait(false);
                    break;
                }
            }

            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The device is gone, or the monitor stops.
        }

        return Results.Empty;
    }

    /// <summary>Reads one message; of one that is too long as much as says so.</summary>
    /// <returns>False: the other side closes.</returns>
    private static async Task<bool> ReceiveAsync(WebSocket socket, ArrayBufferWriter<byte> buffer, int most, CancellationToken cancel)
    {
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.GetMemory(4096), cancel).ConfigureAwait(false);
            if (got.MessageType == WebSocketMessageType.Close)
                return false;
            buffer.Advance(got.Count);
            if (got.EndOfMessage || buffer.WrittenCount > most)
                return true;
        }
    }
}
