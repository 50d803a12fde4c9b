using System.Buffers;

namespace Mina.Host.Monitor.Edges;

/// <summary>What <see cref="HttpEdge"/> goes by.</summary>
/// <param name="MaxMessageBytes">Bytes of a message, for the answer to a larger one.</param>
public sealed record HttpEdgeOptions(int MaxMessageBytes)
{
    /// <summary>As the settings say.</summary>
    public static HttpEdgeOptions From(MonitorOptions settings) => new(settings.MostMessageBytes);
}

/// <summary>What went wrong, as HTTP tells it.</summary>
internal sealed record Refusal(string Error);

/// <summary>Chunks posted to <c>/streams/STREAM/samples</c>, each answered by its status.</summary>
internal sealed class HttpEdge(Intake intake, HttpEdgeOptions options) : IEdge
{
    /// <inheritdoc/>
    public string Name => "http";

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapPost("/streams/{id}/samples", (HttpContext context, string id) => PostAsync(context, id))
        .WithSummary("A chunk of samples: the binary message, or the JSON one; of any content type")
        .Produces(StatusCodes.Status202Accepted);

    private async Task<IResult> PostAsync(HttpContext context, string id)
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
            return Results.Json(
                new Refusal(
                    e.StatusCode == StatusCodes.Status413PayloadTooLarge
                        ? $"a message may have {options.MaxMessageBytes} bytes; send smaller chunks"
                        : e.Message),
                statusCode: e.StatusCode);
        }

        var answer = await intake.TakeAsync(Name, id, new ReadOnlySequence<byte>(message), context.RequestAborted).ConfigureAwait(false);
        return answer.Result switch
        {
            IntakeResult.Taken => Results.Accepted(),
            IntakeResult.Bad => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status400BadRequest),
            IntakeResult.TooLarge => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status413PayloadTooLarge),
            IntakeResult.TooManyStreams => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status429TooManyRequests),
            _ => Results.Json(new Refusal(answer.Words!), statusCode: StatusCodes.Status503ServiceUnavailable),
        };
    }
}
