namespace Mina.Streaming.Recordings;

/// <summary>A recording in files that may still be being written.</summary>
internal abstract class FileEntry : RecordingEntry
{
    /// <summary>True: everything is there, as large as the header says. False: something is missing. Null: the files do not tell.</summary>
    public abstract bool? IsComplete();

    /// <summary>Changes whenever one of its files does.</summary>
    public abstract long Stamp();
}
