using Mina.Streaming.Files;

namespace Mina.Streaming.Tests.Ingest;

/// <summary>
/// A disk that dies at one step, half done where a step can be half done, and refuses all after it: what a process
/// killed there leaves behind.
/// </summary>
internal sealed class CrashingFiles(int dieAt, Func<Exception> failure) : IFileStore
{
    private readonly DiskFiles _disk = DiskFiles.Instance;
    private int _step;

    public int Steps => _step;

    public bool Died => _step > dieAt;

    public void CreateDirectory(string directory)
    {
        Step();
        _disk.CreateDirectory(directory);
    }

    public IDisposable Lock(string path) => _disk.Lock(path);

    public Stream Create(string path)
    {
        Step();
        return new CrashingStream(_disk.Create(path), this);
    }

    public void Sync(Stream file)
    {
        Step();
        _disk.Sync(((CrashingStream)file).Inner);
    }

    public void Rename(string from, string to)
    {
        Step();
        _disk.Rename(from, to);
    }

    public void SyncDirectory(string directory)
    {
        Step();
        _disk.SyncDirectory(directory);
    }

    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        if (Dies())
            _disk.Append(path, bytes[..(bytes.Length / 2)]);
        Step();
        _disk.Append(path, bytes);
    }

    public void Truncate(string path, long length)
    {
        Step();
        _disk.Truncate(path, length);
    }

    // A dead process deletes nothing.
    public void Delete(string path)
    {
        Step();
        _disk.Delete(path);
    }

    public byte[]? Read(string path) => _disk.Read(path);

    public long? LengthOf(string path) => _disk.LengthOf(path);

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    private bool Dies() => _step == dieAt;

    private void Step()
    {
        if (_step++ >= dieAt)
            throw failure();
    }

    private sealed class CrashingStream(Stream inner, CrashingFiles files) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (files.Dies())
                inner.Write(buffer[..(buffer.Length / 2)]);
            files.Step();
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
