namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>How episodes are written as FHIR R4 resources, and where they are sent: section <c>Monitor:Fhir</c>.</summary>
public sealed class FhirOptions
{
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
}
