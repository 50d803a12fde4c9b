using System.Runtime.CompilerServices;

namespace Mina.Preprocess;

/// <summary>Numbers that begin where a register's load is aligned and that the collector leaves where they are.</summary>
internal sealed unsafe class Aligned<T>
    where T : unmanaged
{
    private const int Bytes = 64;

    private T[] _array = [];

    /// <summary>The first number; lasts until the next <see cref="Reserve"/>.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Numbers there is room for.</summary>
    public int Length { get; private set; }

    /// <summary>Makes room; where there was less, all numbers are 0.</summary>
    public void Reserve(int length)
    {
        if (length <= Length)
            return;
        _array = GC.AllocateArray<T>(length + (Bytes / sizeof(T)), pinned: true);
        var first = (nint)Unsafe.AsPointer(ref _array[0]);
        Pointer = (T*)((first + Bytes - 1) & ~(Bytes - 1));
        Length = length;
    }
}
