using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Security;

/// <summary>A token as the file has it: who, and a hash; never the token.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">What that person or device may do.</param>
/// <param name="Streams">Of a device, the names of its streams.</param>
/// <param name="Sha256">SHA-256 of the token, in lower-case hexadecimal digits.</param>
/// <param name="Made">When it was made.</param>
internal sealed record StoredToken(string Name, AccessRole Role, IReadOnlyList<string> Streams, string Sha256, DateTimeOffset Made);

/// <summary>
/// The file of tokens beside the monitor's database. A token is 256 random bits, so that its SHA-256 cannot be turned back by trying. While the
/// file is there the monitor demands a token, also when all in it are revoked.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class TokenFile(string path)
{
    private const int TokenBytes = 32;
    private const int MaxName = 60;
    private const long MaxBytes = 4 << 20;
    private const string Prefix = "mina_";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The file that belongs to a database.</summary>
    public static TokenFile Of(MonitorOptions options) => new(Path.ChangeExtension(Path.GetFullPath(options.Database), ".tokens.json"));

    /// <summary>Where it is.</summary>
    public string Location => path;

    /// <summary>Whether it is there.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>SHA-256 of a token, as the file has it.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>The tokens; none where there is no file.</summary>
    /// <exception cref="ProblemException">It cannot be read.</exception>
    public IReadOnlyList<StoredToken> Read()
    {
        if (!Exists)
            return [];
        try
        {
            return JsonSerializer.Deserialize<Content>(PlainFile.ReadAllBytes(path, MaxBytes), Json)?.Tokens ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                $"the tokens in {path} cannot be read ({e.Message.Split('\n')[0].TrimEnd('.', '\r')}); "
                + "mend the file, or delete it and make the tokens again.",
                e);
        }
    }

    /// <summary>Makes a token.</summary>
    /// <param name="name">Whose it is: 1 to 60 characters on one line.</param>
    /// <param name="role">What that person or device may do.</param>
    /// <param name="streams">Of a device, the names of its streams.</param>
    /// <param name="now">The time.</param>
    /// <returns>The token, which is nowhere else.</returns>
    /// <exception cref="ProblemException">There is one of this name, or the name or a stream cannot be one, or the file cannot be written.</exception>
    public string Add(string name, AccessRole role, IReadOnlyList<string> streams, DateTimeOffset now)
    {
        if (name.Trim() is not { Length: > 0 and <= MaxName } || !PlainText.IsPlain(name))
            throw new ProblemException($"a token's name has 1 to {MaxName} characters on one line.");
        if (role == AccessRole.Device && streams.Count == 0)
            throw new ProblemException("a device has streams; name them with --streams, for example --streams bed-7 or --streams \"ward1-*\".");
        if (role != AccessRole.Device && streams.Count > 0)
            throw new ProblemException("--streams are those that a device may send to; say --device too.");
        if (streams.FirstOrDefault(pattern => !StreamName.IsValid(pattern.Replace('*', 'x').Replace('?', 'x'))) is { } wrong)
            throw new ProblemException(
                $"'{PlainText.Clean(wrong)}' is no name of streams; they have letters, digits, dots, hyphens and underscores, and * and ? for others.");
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        Change(tokens => tokens.Any(one => one.Name == name.Trim())
            ? throw new ProblemException($"there is a token named '{name.Trim()}'; revoke it, or choose another name.")
            : [.. tokens, new StoredToken(name.Trim(), role, streams, Hash(token), now)]);
        return token;
    }

    /// <summary>Revokes a token: it is in the file no more.</summary>
    /// <exception cref="ProblemException">No token has this name, or the file cannot be written.</exception>
    public void Revoke(string name) => Change(tokens => tokens.Any(one => one.Name == name)
        ? [.. tokens.Where(one => one.Name != name)]
        : throw new ProblemException($"there is no token named '{PlainText.Clean(name)}' in {path}; mina token list names those that there are."));

    private void Change(Func<IReadOnlyList<StoredToken>, IReadOnlyList<StoredToken>> change)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var one = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            WholeFile.Write(path, JsonSerializer.Serialize(new Content(change(Read())), Json));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"the tokens in {path} cannot be changed ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private sealed record Content(IReadOnlyList<StoredToken> Tokens);
}
