using Mina.Preprocess;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>How episodes are written as FHIR R4 resources, and where they are sent: section <c>Monitor:Fhir</c>.</summary>
public sealed class FhirOptions
{
    private const string Section = $"{MonitorOptions.Section}:{nameof(MonitorOptions.Fhir)}";

    /// <summary>The base URL of a FHIR R4 server that every episode is sent to (https://host/fhir); null: none.</summary>
    public string? Url { get; set; }

    /// <summary>The bearer token for that server; null: none.</summary>
    public string? Token { get; set; }

    /// <summary>The system in which streams' names are identifiers of devices, a URI.</summary>
    public string DeviceSystem { get; set; } = "urn:x-mina:stream";

    /// <summary>
    /// The system in which streams' names are identifiers of patients, a URI, where devices send under such names; null: whom a stream is of is
    /// not known, and the subject has the device's identifier.
    /// </summary>
    public string? SubjectSystem { get; set; }

    /// <summary>Checks each setting.</summary>
    /// <param name="insecure">Whether a token may go over the network in plain text.</param>
    /// <exception cref="ProblemException">A setting is wrong.</exception>
    public void Check(bool insecure)
    {
        if (!IsUri(DeviceSystem))
            throw Wrong(nameof(DeviceSystem), DeviceSystem, "is no URI; write, for example, urn:oid:1.2.3 or https://hospital.example/devices");
        if (SubjectSystem is not null && !IsUri(SubjectSystem))
            throw Wrong(nameof(SubjectSystem), SubjectSystem, "is no URI; write, for example, urn:oid:1.2.3 or https://hospital.example/patients");
        if (Url is null)
            return;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw Wrong(nameof(Url), Url, "is no base URL of a server; write, for example, https://host/fhir");
        if (url.UserInfo.Length > 0)
            throw new ProblemException($"the setting {Section}:{nameof(Url)} has a user in it; set {Section}:{nameof(Token)} instead.");
        if (Token is not null && url.Scheme == "http" && !url.IsLoopback && !insecure)
            throw new ProblemException(
                $"the token for the FHIR server at {url.Host} would go there in plain text; write https://, or say --insecure if the way there is safe.");
    }

    private static bool IsUri(string text) => Uri.TryCreate(text, UriKind.Absolute, out _) && !text.Any(char.IsWhiteSpace);

    private static ProblemException Wrong(string setting, string value, string wrong) => new($"the setting {Section}:{setting}, '{value}', {wrong}.");
}
