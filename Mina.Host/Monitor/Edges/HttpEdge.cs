using System.Buffers;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="HttpEdge"/>.</summary>
/// <param name="MaxMessageBytes">The largest message, bytes; the answer to a larger one names it.</param>
public sealed record HttpEdgeOptions(int MaxMessageBytes)
{
    /// <summary>Takes the options from the monitor's settings.</summary>
    public static HttpEdgeOptions From(MonitorOptions settings) => new(settings.MaxMessageBytes);
}

/// <summary>The body of an HTTP answer to a request that was refused.</summary>
internal sealed record Refusal(string Error);

/// <summary>An edge for chunks that are posted to <c>/streams/STREAM/samples</c>; the status code is the answer.</summary>
internal sealed class HttpEdge(Intake intake, HttpEdgeOptions options) : IEdge
{
    private const int UsualBytes = 8 * 1024;

    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapPost("/streams/{id}/samples", (HttpContext context, string id) => PostAsync(context, id))
        .WithName("postSamples").WithSummary("A chunk of samples: the binary message, or the JSON one; of any content type")
        .Produces(StatusCodes.Status202Accepted);

    private async Task<IResult> PostAsync(HttpContext context, string id)
    {
        using var place = intake.Room.Open();
        ReadOnlySequence<byte>? message;
        try
        {
            message = await ReadAsync(context.Request.Body, place, context.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            return Results.Json(
                new Refusal(
                    e.StatusCode == StatusCodes.Status413PayloadTooLarge
                        ? $"a message may have {options.MaxMessageBytes} bytes; send smaller chunks"
                        : e.Message),
                statusCode: e.StatusCode);
        }

        var taking = message is { } whole
            ? intake.TakeAsync(Name, id, whole, place, context.RequestAborted)
            : ValueTask.FromResult(intake.RefuseForRoom(Name, id));
        // The chunk waits; the message need not.
        message = null;
        var answer = await taking.ConfigureAwait(false);
        return answer.Result switch
        {
            IntakeResult.Taken => Results.Accepted(),
            IntakeResult.Bad => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status400BadRequest),
            IntakeResult.TooLarge => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status413PayloadTooLarge),
            IntakeResult.TooManyStreams or IntakeResult.QueueFull =>
                Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status429TooManyRequests),
            _ => Results.Json(new Refusal(answer.Reason!), statusCode: StatusCodes.Status503ServiceUnavailable),
        };
    }

    /// <summary>Reads a body; Kestrel ends one over the limit.</summary>
    /// <returns>Null: there is no room for it.</returns>
    private static async Task<ReadOnlySequence<byte>?> ReadAsync(Stream body, MessageRoom.Place place, CancellationToken cancel)
    {
        var buffer = new ArrayBufferWriter<byte>(UsualBytes);
        while (await body.ReadAsync(buffer.GetMemory(UsualBytes / 2), cancel).ConfigureAwait(false) is > 0 and var got)
        {
            buffer.Advance(got);
            if (!place.TryGrow(buffer.WrittenCount))
                return null;
        }

        return new ReadOnlySequence<byte>(buffer.WrittenMemory);
    }
}
