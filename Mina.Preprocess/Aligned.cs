using System.Runtime.CompilerServices;

namespace Mina.Preprocess;

/// <summary>A buffer of numbers that is aligned for loads of the widest register and that the garbage collector does not move.</summary>
internal sealed unsafe class Aligned<T>
    where T : unmanaged
{
    private const int Bytes = 64;

    private T[] _array = [];

    /// <summary>Points to the first number; it is valid until the next <see cref="Reserve"/>.</summary>
    public T* Pointer { get; private set; }

    /// <summary>How many numbers fit.</summary>
    public int Length { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> numbers. Where there was less room before, all numbers are 0 afterwards.</summary>
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
