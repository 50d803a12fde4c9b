using Microsoft.OpenApi;
using Mina.Host.Monitor.Security;

namespace Mina.Host.Monitor.Api;

/// <summary>The description of the API, <c>/openapi/v1.json</c>, by which clients are generated and answers validated.</summary>
internal static class ApiDocument
{
    private const string Bearer = "token";

    /// <summary>Adds the description.</summary>
    public static void Add(IServiceCollection services) => services.AddOpenApi(openApi =>
    {
        openApi.AddDocumentTransformer((document, context, _) =>
        {
            document.Info.Title = "Mina's monitor";
            document.Info.Version = Shell.ProductVersion.Text;
            document.Info.Description = "Streams of ECG in, AF episodes and alarms out. "
                + "A WebSocket at /streams/{id} takes the same messages as POST /streams/{id}/samples.";
            // Which address it is reached by is the client's affair: there may be a proxy in front of it.
            document.Servers = [new OpenApiServer { Url = "/" }];
            if (context.ApplicationServices.GetRequiredService<AccessTokens>().IsDemanded)
                DemandToken(document);
            return Task.CompletedTask;
        });
        openApi.AddSchemaTransformer((schema, context, _) =>
        {
            var type = context.JsonTypeInfo.Type;
            if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(UtcTime))
                (schema.Type, schema.Format, schema.Properties, schema.Required) = (JsonSchemaType.String, "date-time", null, null);
            return Task.CompletedTask;
        });
    });

    private static void DemandToken(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token: that of the monitor's settings, or one of mina token, which has a role.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }
}
